"""What repeats, on the pages and by the API."""

import pytest
from django.urls import reverse

from tests.schedule.test_series import WEEKLY, on, times


def a_form(*people, **more):
    form = {"title": "周例会", "kind": "meeting", "starts_at": "2029-06-04T10:00", "ends_at": "2029-06-04T11:00"}
    return {**form, "people": [each.staff.pk for each in people], **more}


@pytest.mark.requirement("R-239")
def test_the_form_says_how_it_repeats_and_which_times_a_change_means(cast, client_of):
    browser, new = client_of(cast.supervisor), reverse("schedule:calendar-event-create")
    sent = a_form(cast.supervisor, repeats="weekly", interval=2, weekdays=[0, 2], ends_on="2029-06-30")
    assert browser.post(new, {**sent, "ends_on": ""}).status_code == 422
    assert browser.post(new, {**sent, "ends_on": "2039-06-30"}).status_code == 422
    assert browser.post(new, {**sent, "ends_on": "2029-02-31"}).status_code == 422
    assert browser.post(new, sent).status_code == 302
    assert [day for day, _hour, _title in times()] == [4, 6, 18, 20]

    page = browser.get(reverse("schedule:calendar-event-show", args=[on(6).pk])).content.decode()
    assert "每 2 周" in page
    edit = reverse("schedule:calendar-event-edit", args=[on(18).pk])
    shown = browser.get(edit).context["form"]
    assert [shown[name].value() for name in ("repeats", "interval", "weekdays", "scope")] == [
        "weekly",
        2,
        [0, 2],
        "this",
    ]
    later = {**sent, "starts_at": "2029-06-18T15:00", "ends_at": "2029-06-18T16:00", "version": 1}
    refused = browser.post(edit, {**later, "interval": 1})
    assert refused.status_code == 422
    assert "scope" in refused.context["form"].errors
    assert browser.post(edit, {**later, "scope": "following"}).status_code == 302
    assert times() == [(4, 10, "周例会"), (6, 10, "周例会"), (18, 15, "周例会"), (20, 15, "周例会")]

    cancel = reverse("schedule:calendar-event-cancel", args=[on(18).pk])
    assert browser.post(cancel, {"scope": "all", "version": 2}).status_code == 302
    assert [day for day, _hour, _title in times()] == [4, 6]


@pytest.mark.parametrize(
    ("repeats", "days"),
    [("workdays", [4, 5, 6, 7, 8, 11]), ("nth_weekday", [4]), ("monthly", [4]), ("daily", list(range(4, 13)))],
)
def test_what_people_choose_is_kept_as_a_rule_and_read_back(cast, client_of, repeats, days):
    browser = client_of(cast.supervisor)
    sent = a_form(cast.supervisor, repeats=repeats, ends_on="2029-06-12" if len(days) > 1 else "2029-06-30")
    assert browser.post(reverse("schedule:calendar-event-create"), sent).status_code == 302
    assert [day for day, _hour, _title in times()][: len(days)] == days
    form = browser.get(reverse("schedule:calendar-event-edit", args=[on(4).pk])).context["form"]
    assert form["repeats"].value() == repeats


@pytest.mark.requirement("R-239")
def test_the_api_plans_changes_and_ends_what_repeats(cast, client_of):
    browser = client_of(cast.supervisor)
    body = {"title": "周例会", "starts_at": "2029-06-04T10:00:00+08:00", "ends_at": "2029-06-04T11:00:00+08:00"}
    body |= {"staff_ids": [cast.supervisor.staff.pk], "rule": WEEKLY}
    made = browser.post("/api/v1/calendar-events", body, content_type="application/json")
    assert (made.status_code, made.json()["rule"]) == (201, "FREQ=WEEKLY;UNTIL=20290625")

    def patch(event, **changes):
        url = f"/api/v1/calendar-events/{event.pk}"
        return browser.patch(url, {"version": event.version, **changes}, content_type="application/json")

    assert patch(on(11), title="碰头", scope="following").status_code == 200
    assert patch(on(4), rule="FREQ=WEEKLY", scope="all").status_code == 409
    assert [title for _day, _hour, title in times()] == ["周例会", "碰头", "碰头", "碰头"]


@pytest.mark.parametrize("far", ["2031-06-06", "2099-01-01", "9999-12-31"])
def test_an_end_too_far_ahead_is_told_how_far_it_may_be(cast, client_of, far):
    new, form = reverse("schedule:calendar-event-create"), a_form(cast.supervisor, repeats="weekly", ends_on=far)
    refused = client_of(cast.supervisor).post(new, form)
    assert refused.status_code == 422
    assert refused.context["form"].errors["ends_on"] == ["最多重复 2 年：最晚到 2031-06-05。"]
    assert client_of(cast.supervisor).post(new, {**form, "ends_on": "2031-06-05"}).status_code == 302
