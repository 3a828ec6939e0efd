"""Service times, escalation and longest pauses as people change them: in versions, for what is registered afterwards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.servicedesk.enums import TimeUnit
from gongying.servicedesk.models import EscalationLadder, PauseLimit, ServiceTimePolicy, ServiceTimeTarget
from gongying.servicedesk.operations.service_times import (
    end_ladder,
    end_service_times,
    set_ladder,
    set_longest_pauses,
    set_service_times,
)
from gongying.servicedesk.policy_choice import longest_pause
from gongying.servicedesk.service_clocks import Target
from gongying.servicedesk.service_time_outlook import outlook
from tests.servicedesk.moments import shanghai

MONDAY = shanghai("2026-11-23 10:00")
DAY = Target(1, TimeUnit.WORKING_DAYS)
NORMAL = {"urgency": "normal"}
SLOW_ANSWER = {"first_response_amount": "50", "first_response_unit": "minutes"}


def resolution(request):
    return request.clocks.get(metric="resolution").policy


def normal():
    return ServiceTimePolicy.objects.in_force().get(urgency="normal", kind="", project=None)


@pytest.mark.requirement("R-206", "R-208")
def test_a_new_version_counts_from_its_moment_for_what_is_registered_then(cast, register):
    with clock_at(MONDAY):
        before = register(urgency="normal")
        later = set_service_times(
            NORMAL,
            targets={"resolution": DAY},
            source="新合同",
            valid_from=MONDAY + timedelta(hours=2),
            by=cast.administrator,
            seen=1,
        )
    with clock_at(MONDAY + timedelta(hours=1)):
        between = register(urgency="normal")
    with clock_at(MONDAY + timedelta(hours=3)):
        after = register(urgency="normal")
    assert [resolution(request).version for request in (before, between, after)] == [1, 1, 2]
    assert after.clocks.get(metric="resolution").due_at == MONDAY + timedelta(days=1, hours=3)
    told = Event.objects.get(verb="service_times.set")
    assert (told.actor, told.details["version"], told.details["source"]) == (
        cast.administrator,
        later.version,
        "新合同",
    )


def test_times_of_a_project_end_and_the_wider_rule_holds_again(cast, register):
    own = set_service_times(
        {**NORMAL, "project": cast.sunshine}, targets={"resolution": DAY}, source="合同", by=cast.manager
    )
    assert resolution(register(urgency="normal")) == own
    end_service_times(own, by=cast.manager)
    assert resolution(register(urgency="normal")) == normal()
    with pytest.raises(Refused, match="ended already"):
        end_service_times(own, by=cast.manager)
    again = set_service_times(own.scope, targets={"resolution": DAY}, source="合同", by=cast.manager)
    assert (again.version, resolution(register(urgency="normal"))) == (3, again)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"targets": {}}, "at least one"),
        ({"source": " "}, "where these times come from"),
        ({"valid_from": timezone.now() - timedelta(days=1)}, "begin now or later"),
        (
            {"targets": {"first_response": Target(60, TimeUnit.MINUTES), "on_site": Target(30, TimeUnit.MINUTES)}},
            "“first response” comes first",
        ),
    ],
)
def test_nonsense_is_refused(cast, given, words):
    with pytest.raises(Refused, match=words):
        set_service_times(NORMAL, **{"targets": {"resolution": DAY}, "source": "合同", "by": cast.manager, **given})


def test_versions_do_not_overlap_and_a_stale_writer_is_told(cast):
    given = {"targets": {"resolution": DAY}, "source": "合同", "by": cast.administrator}
    coming = timezone.now() + timedelta(days=9)
    set_service_times(NORMAL, valid_from=coming, seen=1, **given)
    with pytest.raises(Stale):
        set_service_times(NORMAL, valid_from=coming, seen=1, **given)
    with pytest.raises(Refused, match="begin then or later"):
        set_service_times(NORMAL, seen=2, **given)


@pytest.mark.parametrize(
    "fields",
    [
        {"version": 3},
        {"is_given_up": True, "urgency": "minor", "kind": "repair"},
        {"version": 2, "valid_from": shanghai("1999-01-01 00:00")},
    ],
)
def test_the_database_keeps_versions_in_order(cast, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceTimePolicy.objects.create(**{**NORMAL, "source": "合同", **fields})


def test_the_database_refuses_times_of_the_past_absurd_ones_and_a_wrong_order(cast):
    past = timezone.now() - timedelta(days=1)
    with pytest.raises(IntegrityError, match="not_backdated"), transaction.atomic():
        ServiceTimePolicy.objects.create(**NORMAL, version=2, source="x", valid_from=past, created_by=cast.manager)
    policy = ServiceTimePolicy.objects.create(**NORMAL, version=2, source="合同")
    with pytest.raises(IntegrityError, match="within_a_year"), transaction.atomic():
        ServiceTimeTarget.objects.create(policy=policy, metric="resolution", amount=367, unit="working_days")
    ServiceTimeTarget.objects.create(policy=policy, metric="on_site", amount=1, unit="working_days")
    for metric, amount in (("first_response", 1441), ("resolution", 30)):
        with pytest.raises(IntegrityError, match="takes no longer"), transaction.atomic():
            ServiceTimeTarget.objects.create(policy=policy, metric=metric, amount=amount, unit="minutes")


@pytest.mark.requirement("R-188")
def test_a_ladder_of_a_project_counts_for_new_requests_until_it_ends(cast, register):
    old = register()
    ladder = set_ladder(cast.sunshine, rungs=[(100, "supervisor"), (300, "quality")], by=cast.manager)
    new = register()
    assert {clock.ladder for clock in new.clocks.all()} == {ladder}
    assert all(len(clock.steps_at) == 2 for clock in new.clocks.all())
    assert ladder not in {clock.ladder for clock in old.clocks.all()}
    end_ladder(ladder, by=cast.manager)
    assert {clock.ladder.project for clock in register().clocks.all()} == {None}
    with pytest.raises(Refused, match="not ended"):
        end_ladder(EscalationLadder.objects.get(project=None), by=cast.administrator)


@pytest.mark.parametrize(
    "steps",
    [
        {"percent": 100, "to": "doer"},
        [],
        [{"percent": 50, "to": "doer"}],
        [{"percent": 100, "to": "doer"}, {"percent": 100, "to": "quality"}],
        [{"percent": 100, "to": "mayor"}],
        [{"percent": "100", "to": "doer"}],
        [{"percent": 0, "to": "doer"}, {"percent": 100, "to": "doer"}],
        [{"percent": 100.5, "to": "doer"}, {"percent": 100, "to": "doer"}],
        [{"percent": 100, "to": "doer"}, {"percent": 2000, "to": "doer"}],
    ],
)
def test_the_database_refuses_a_ladder_that_does_not_rise(cast, steps):
    with pytest.raises(IntegrityError), transaction.atomic():
        EscalationLadder.objects.create(project=cast.sunshine, steps=steps)


def test_longest_pauses_of_a_project_go_before_the_companys(cast):
    company = longest_pause(cast.sunshine, "parts")
    set_longest_pauses(cast.sunshine, working_days={"parts": company + 2, "safety": None}, by=cast.manager)
    assert longest_pause(cast.sunshine, "parts") == company + 2
    assert longest_pause(cast.park, "parts") == company
    set_longest_pauses(cast.sunshine, working_days={"parts": None}, by=cast.manager)
    assert longest_pause(cast.sunshine, "parts") == company
    assert [event.actor for event in Event.objects.filter(verb="longest_pauses.set")] == [cast.manager] * 2
    with pytest.raises(IntegrityError), transaction.atomic():
        PauseLimit.objects.create(project=cast.sunshine, reason="parts", working_days=367)


def test_the_outlook_counts_what_would_have_been_late(cast, register):
    now = timezone.now()
    with clock_at(now - timedelta(days=40)):
        register(urgency="normal")
    with clock_at(now - timedelta(hours=2)):
        register(urgency="normal")
        register(urgency="urgent")
        register(project=cast.park, urgency="normal", category="common-lift-fault", party=None)
    quick = {"first_response": Target(60, TimeUnit.MINUTES), "resolution": Target(366, TimeUnit.CALENDAR_DAYS)}

    def counted(scope):
        lines = outlook({"project": None, "kind": "", "category": None, **scope}, quick, user=cast.administrator)
        return [(line.metric, line.requests, line.would_be_late) for line in lines]

    assert counted(NORMAL) == [("first_response", 2, 2), ("resolution", 2, 0)]
    assert counted({**NORMAL, "project": cast.park}) == [("first_response", 1, 1), ("resolution", 1, 0)]
    # The rule of the urgency goes before a rule for everything: nothing would have changed for them.
    assert counted({"urgency": ""}) == [("first_response", 0, 0), ("resolution", 0, 0)]


def sent(**given):
    return {"source": "合同", "resolution_amount": "60", "resolution_unit": "minutes", **given}


@pytest.mark.requirement("R-022")
def test_a_site_manager_changes_her_own_project_only(cast, client_of, category):
    client = client_of(cast.manager)
    new = reverse("servicedesk:service-time-new")
    assert "project" in client.post(new, sent(urgency="normal")).context["form"].errors
    assert "project" in client.post(new, sent(project=cast.park.pk)).context["form"].errors
    answer = client.post(new, sent(project=cast.sunshine.pk, urgency="normal"))
    own = ServiceTimePolicy.objects.get(project=cast.sunshine)
    assert (answer.status_code, answer.url) == (302, reverse("servicedesk:service-time-show", args=[own.pk]))
    assert client.get(reverse("servicedesk:service-time-version", args=[normal().pk])).status_code == 404
    assert client.post(reverse("servicedesk:service-time-end", args=[normal().pk])).status_code == 404
    listed = client.get(reverse("servicedesk:service-time-index"), {"project": cast.sunshine.pk})
    assert [row.policy for row in listed.context["rows"] if row.is_own] == [own]
    assert [row.policy for row in listed.context["rows"] if row.may_change] == [own]
    asked = {"project": cast.sunshine.pk, "category": category("home-plumbing-leak").pk, "urgency": "normal"}
    assert client.get(reverse("servicedesk:service-time-index"), asked).context["answer"]["policy"] == own


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"resolution_amount": "0"}, "resolution_amount"),
        ({"resolution_amount": "-5"}, "resolution_amount"),
        ({"resolution_amount": "400", "resolution_unit": "working_days"}, "resolution_amount"),
        ({"resolution_amount": ""}, "first_response_amount"),
        ({**SLOW_ANSWER, "on_site_amount": "30", "on_site_unit": "minutes"}, "on_site_amount"),
        ({"resolution_limit_amount": "0", "resolution_limit_unit": "minutes"}, "resolution_limit_amount"),
        ({"valid_from": "2020-01-01T00:00"}, "valid_from"),
        ({"source": ""}, "source"),
        ({"resolution_unit": ""}, "resolution_amount"),
        ({"kind": "repair", "severity": "major"}, "severity"),
        ({"urgency": "normal"}, "project"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast, client_of, given, field):
    answer = client_of(cast.administrator).post(reverse("servicedesk:service-time-new"), sent(**given))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]


def test_looking_ahead_writes_nothing_and_a_stale_form_is_told(cast, client_of, register):
    client, policy = client_of(cast.administrator), normal()
    address = reverse("servicedesk:service-time-version", args=[policy.pk])
    register(urgency="normal")
    looked = client.post(address, sent(version="1", preview="1"))
    assert [line.requests for line in looked.context["outlook"]] == [1]
    assert client.post(address, sent(version="1")).status_code == 302
    assert client.post(address, sent(version="1", resolution_amount="30")).status_code == 409
    assert [row.version for row in ServiceTimePolicy.objects.of_scope(policy.scope)] == [2, 1]


def test_ladders_and_pauses_on_their_pages(cast, client_of):
    client = client_of(cast.manager)
    steps = {"percent_0": "50", "to_0": "doer", "percent_1": "100", "to_1": "supervisor"}
    wrong = {**steps, "percent_1": "40"}
    new = reverse("servicedesk:ladder-new")
    assert list(client.post(new, {"project": cast.sunshine.pk, **wrong}).context["form"].errors) == ["percent_1"]
    assert client.post(new, {"project": cast.sunshine.pk, **steps}).status_code == 302
    ladder = EscalationLadder.objects.get(project=cast.sunshine)
    assert ladder.rungs == [(50, "doer"), (100, "supervisor")]
    assert list(client.post(new, {"project": cast.sunshine.pk, **steps}).context["form"].errors) == ["project"]
    pauses = reverse("servicedesk:longest-pauses")
    assert client.post(f"{pauses}?project={cast.park.pk}", {"parts": "3"}).status_code == 404
    assert client.post(f"{pauses}?project={cast.sunshine.pk}", {"parts": "3"}).status_code == 302
    assert list(PauseLimit.objects.filter(project=cast.sunshine).values_list("reason", "working_days")) == [
        ("parts", 3)
    ]


def test_what_a_form_leaves_out_stays_as_it_was(cast, client_of, category):
    client, leak = client_of(cast.administrator), category("home-plumbing-leak")
    leak.dispatch_mode = "assign"
    leak.save()
    kept = {"name": leak.name, "code": leak.code, "parent": leak.parent_id, "position": "1"}
    chosen = {"default_urgency": "normal", "payer": "company", "trade": "", "version": "1"}
    assert client.post(reverse("servicedesk:category-edit", args=[leak.pk]), kept | chosen).status_code == 302
    leak.refresh_from_db()
    assert (leak.position, leak.dispatch_mode) == (1, "assign")

    staff = cast.worker.staff
    staff.most_jobs_a_day = 3
    staff.save()
    person = {"name": "老张", "department": staff.department_id, "version": str(staff.version)}
    assert client.post(reverse("organization:staff-update", args=[staff.pk]), person).status_code == 302
    staff.refresh_from_db()
    assert staff.most_jobs_a_day == 3
