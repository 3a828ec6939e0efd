"""A-04 and the due column as people and programs meet them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongying.accounts.models import ApiToken, digest_of
from gongying.common.clock import clock_at
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ClockPause
from gongying.servicedesk.operations.sweep import sweep
from tests.servicedesk.moments import shanghai
from tests.servicedesk.walks import step, url

RECEIVED = shanghai("2026-09-30 16:00")


@pytest.fixture
def complaint(cast, register):
    with clock_at(RECEIVED):
        request = register(kind="complaint", category="service-attitude-guard", text="保安态度恶劣")
        do.acknowledge_complaint(request, by=cast.supervisor)
        do.verify_complaint(request, by=cast.supervisor)
    return request


@pytest.mark.requirement("R-206", "R-188")
def test_a04_on_pages(cast, complaint, client_of):
    client = client_of(cast.supervisor)
    show = url("request-show", complaint.pk)
    assert "到期 10-10 16:00：3 个工作日" in client.get(show).text
    with clock_at(shanghai("2026-10-08 10:00")):
        assert client.post(step(complaint, "pause_clock"), {"note": "出差"}).status_code == 422
        assert not ClockPause.objects.exists()
        assert client.post(step(complaint, "pause_clock"), {"reason": "customer"}).status_code in (200, 302)
    assert client.get(show).context["primary"].key == "resume_clock"
    with clock_at(shanghai("2026-10-09 10:00")):
        assert client.post(step(complaint, "resume_clock")).status_code in (200, 302)
    text = client.get(show).text
    assert "到期 10-12 16:00：3 个工作日 + 暂停 1 个工作日" in text
    for moment in ("2026-10-12 16:00", "2026-10-14 05:00"):
        for _twice in range(2):
            with clock_at(shanghai(moment)):
                sweep()
    told = Notification.objects.filter(event__details__metric="resolution").order_by("event_id")
    assert [(row.event.details["percent"], row.user) for row in told] == [
        (50, complaint.owner),
        (80, cast.supervisor),
        (100, cast.supervisor),
        (150, cast.manager),
    ]


@pytest.mark.requirement("R-206")
def test_a04_by_the_api(cast, complaint, client):
    secret = ApiToken.new_secret()
    ApiToken.objects.create(
        user=cast.supervisor,
        name="t",
        digest=digest_of(secret),
        scopes=["write"],
        expires_at=timezone.now() + timedelta(days=400),
    )

    def call(verb, path, body=None):
        answer = getattr(client, verb)(
            f"/api/v1/requests/{complaint.pk}{path}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Accept-Language": "en"},
        )
        return answer.status_code, answer.json()

    with clock_at(shanghai("2026-10-08 10:00")):
        assert call("post", "/clock-pause", {})[0] == 422
        status, paused = call("post", "/clock-pause", {"reason": "customer"})
        assert (status, paused["next_due_paused"]) == (200, True)
    with clock_at(shanghai("2026-10-09 10:00")):
        assert call("post", "/clock-resumption", {})[0] == 200
    resolution = next(clock for clock in call("get", "/clocks")[1] if clock["metric"] == "resolution")
    assert shanghai("2026-10-12 16:00") == timezone.datetime.fromisoformat(resolution["due_at"])
    assert resolution["explanation"] == "due 10-12 16:00: 3 working days + paused 1 working day"
    assert [pause["reason"] for pause in resolution["pauses"]] == ["customer"]
    assert [rung["percent"] for rung in resolution["ladder"]] == [50, 80, 100, 150, 200]
    response = next(clock for clock in call("get", "")[1]["clocks"] if clock["metric"] == "first_response")
    assert (response["paused_at"], response["policy_version"]) == (None, 1)


def test_lists_by_due_time(cast, register, client_of):
    client, now = client_of(cast.supervisor), timezone.now()
    with clock_at(now - timedelta(days=3)):
        late = register(urgency="urgent")
    with clock_at(now - timedelta(minutes=4, seconds=30)):
        soon = register(urgency="urgent")
    later = register(urgency="urgent")

    def shown(**query):
        return [row["id"] for row in client.get(url("request-index"), query).context["page"].rows]

    assert shown(list="overdue") == [late.pk]
    assert shown(list="due-soon") == [soon.pk]
    assert shown(list="unanswered") == [late.pk]
    assert shown(order="due") == [late.pk, soon.pk, later.pk]
    assert shown(due="overdue") == [late.pk]
    assert shown(due="soon") == [soon.pk]
    assert set(shown(due="week")) == {soon.pk, later.pk}


def test_what_stands_before_it(cast, register, client_of):
    with clock_at(timezone.now() - timedelta(minutes=3)):
        first = register(urgency="urgent", text="先到期的那件")
    second = register(urgency="urgent")
    page = client_of(cast.supervisor).get(url("clock-index", second.pk))
    assert [row.pk for row in page.context["before"]] == [first.pk]
    assert "先到期的那件" in page.text
    assert '<nav class="rail' in page.text
    drawer = client_of(cast.supervisor).get(url("clock-index", second.pk), headers={"HX-Request": "true"})
    assert "<html" not in drawer.text
    assert client_of(cast.outsider).get(url("clock-index", second.pk)).status_code == 404


def test_the_explanation_asks_the_same_number_of_statements_for_one_and_three_pauses(cast, complaint, client_of):
    client = client_of(cast.supervisor)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(url("clock-index", complaint.pk))
        return len(captured)

    def wait(day):
        with clock_at(shanghai(f"2026-10-{day:02} 10:00")):
            do.pause_clock(complaint, by=cast.supervisor, reason="customer")
        with clock_at(shanghai(f"2026-10-{day:02} 11:00")):
            do.resume_clock(complaint, by=cast.supervisor)

    wait(8)
    queries()
    one = queries()
    wait(9)
    wait(10)
    assert queries() == one


def test_registering_a_request_costs_one_statement_more_for_its_clocks(register):
    register()
    with CaptureQueriesContext(connection) as captured:
        register()
    mine = [query["sql"] for query in captured if "serviceclock" in query["sql"] or "servicetime" in query["sql"]]
    assert len(mine) == 1
    assert "INSERT" in mine[0]


def test_the_supervisor_sees_who_waits_and_then_the_red_list(cast, register, client_of):
    with clock_at(timezone.now() - timedelta(days=3)):
        register(urgency="urgent", text="三天没人管")
    home = client_of(cast.supervisor).get("/")
    names = [section.name for section in home.context["sections"]]
    assert names[: names.index("red-list") + 1] == ["front-line", "red-list"]
    assert "三天没人管" in home.text
