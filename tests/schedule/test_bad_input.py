"""What the form of an event gets that makes no sense: 422 at its field, 409 with a sentence, and nothing half-saved (issue 4)."""

import pytest
from django.urls import reverse

from gongying.notifications.models import Notification
from gongying.schedule.models import Attendee, CalendarEvent, EventSeries, InvitationMail

NEW = reverse("schedule:calendar-event-create")


def a_form(cast, **wrong):
    times = {"starts_at": "2029-06-04T10:30", "ends_at": "2029-06-04T11:30"}
    return {"title": "周例会", "kind": "meeting", "people": [cast.steward.staff.pk], **times, **wrong}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "会" * 60_000}, "title"),
        ({"ends_at": "2029-06-04T10:00"}, "ends_at"),
        ({"starts_at": "2029-02-31T10:30"}, "starts_at"),
        ({"starts_at": "0001-06-04T10:30"}, "starts_at"),
        ({"people": list(range(1, 501))}, "people"),
        ({"repeats": "daily", "ends_on": "2099-12-31"}, "ends_on"),
        ({"repeats": "daily"}, "ends_on"),
        ({"repeats": "monthly", "starts_at": "2029-01-31T10:30", "ends_on": "2029-02-31"}, "ends_on"),
    ],
)
def test_the_field_is_named_and_nothing_is_saved_or_told(cast, client_of, wrong, field):
    answer = client_of(cast.supervisor).post(NEW, a_form(cast, **wrong))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    for model in (CalendarEvent, EventSeries, Attendee, Notification, InvitationMail):
        assert not model.objects.exists(), model


def test_a_subject_of_two_megabytes_is_not_even_read(cast, client_of):
    answer = client_of(cast.supervisor).post(NEW, a_form(cast, title="会" * 700_000))

    assert answer.status_code in (400, 413)
    assert not CalendarEvent.objects.exists()


def test_too_many_real_people_are_refused_with_the_limit(cast, client_of, monkeypatch):
    monkeypatch.setattr("gongying.schedule.operations.event_plans.MOST_PEOPLE", 2)
    people = [each.staff.pk for each in (cast.steward, cast.supervisor, cast.manager)]

    answer = client_of(cast.supervisor).post(NEW, a_form(cast, people=people))
    assert answer.status_code == 409
    assert "2" in answer.content.decode()
    assert not CalendarEvent.objects.exists()
