"""Which clocks a matter gets, and what answers them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceClock, ServiceTimePolicy, ServiceTimeTarget
from tests.servicedesk.moments import shanghai
from tests.servicedesk.walks import TICKS

MONDAY = shanghai("2026-11-09 10:00")


def clocks_of(request):
    return {clock.metric: clock for clock in request.clocks.all()}


@pytest.fixture
def register_at(register):
    def register_at(moment, **given):
        with clock_at(moment):
            return register(**given)

    return register_at


@pytest.mark.requirement("R-205", "R-206")
def test_a_complaint_gets_the_clocks_of_its_policy(register_at):
    request = register_at(shanghai("2026-09-30 16:00"), kind="complaint", category="service-attitude-guard")
    clocks = clocks_of(request)
    assert set(clocks) == {"first_response", "resolution"}
    assert clocks["resolution"].due_at == shanghai("2026-10-10 16:00")
    assert clocks["first_response"].due_at == shanghai("2026-09-30 18:00")
    assert clocks["resolution"].policy.kind == "complaint"
    assert clocks["resolution"].policy.version == 1
    assert clocks["resolution"].policy.source
    request.refresh_from_db()
    assert (request.next_due_metric, request.next_due_at) == ("first_response", shanghai("2026-09-30 18:00"))


@pytest.mark.requirement("E-049")
def test_clocks_start_when_it_happened_not_when_it_was_typed(register_at):
    request = register_at(MONDAY, urgency="urgent", occurred_at=MONDAY - timedelta(hours=2))
    assert {clock.started_at for clock in request.clocks.all()} == {MONDAY - timedelta(hours=2)}
    assert clocks_of(request)["first_response"].due_at == MONDAY - timedelta(minutes=115)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"urgency": "critical"}, ("", "critical")),
        ({"urgency": "urgent"}, ("", "urgent")),
        ({"urgency": "minor"}, ("", "minor")),
        ({"urgency": "urgent", "kind": "enquiry"}, ("enquiry", "")),
        ({"urgency": "critical", "kind": "enquiry"}, ("", "critical")),
        ({"urgency": "urgent", "kind": "complaint"}, ("complaint", "")),
        ({"urgency": "critical", "kind": "complaint"}, ("complaint", "critical")),
    ],
)
def test_the_most_specific_policy_holds_and_danger_to_life_before_all(register, given, expected):
    policy = register(**given).clocks.first().policy
    assert (policy.kind, policy.urgency) == expected


def test_a_policy_of_the_project_or_of_the_category_goes_before_the_general_one(cast, register, category):
    def write(**scope):
        policy = ServiceTimePolicy.objects.create(**scope, source="合同", valid_from=MONDAY)
        ServiceTimeTarget.objects.create(policy=policy, metric="resolution", amount=60, unit="minutes")
        return policy

    of_tree = write(category=category("home-plumbing-leak").parent)
    assert clocks_of(register(urgency="normal"))["resolution"].policy == of_tree
    of_leaf = write(category=category("home-plumbing-leak"))
    assert clocks_of(register(urgency="normal"))["resolution"].policy == of_leaf
    of_project = write(project=cast.sunshine)
    assert clocks_of(register(urgency="normal"))["resolution"].policy == of_project
    # Nobody loosens what is promised for life by the way.
    assert clocks_of(register(urgency="critical"))["first_response"].policy.urgency == "critical"


def test_a_new_version_holds_for_new_requests_only(cast, register_at):
    before = register_at(MONDAY, urgency="normal")
    old = clocks_of(before)["resolution"].policy
    new = ServiceTimePolicy.objects.create(
        urgency="normal", version=2, source="新合同", valid_from=MONDAY + timedelta(hours=1)
    )
    ServiceTimeTarget.objects.create(policy=new, metric="resolution", amount=1, unit="working_days")
    after = register_at(MONDAY + timedelta(hours=2), urgency="normal")
    assert clocks_of(after)["resolution"].policy == new
    with clock_at(MONDAY + timedelta(hours=3)):
        do.answer_on_the_spot(before, by=cast.receptionist, text="已处理")
        do.record_follow_up(before, by=cast.receptionist, reached=True, solved=False, score=1, comment="还漏")
    assert [clock.policy for clock in before.clocks.filter(metric="resolution")] == [old, old]


def test_work_at_the_door_answers_each_promise_in_its_turn(cast, register_at):
    window = (MONDAY + timedelta(hours=4), MONDAY + timedelta(hours=6))
    request = register_at(MONDAY, urgency="normal", window=window)
    assert clocks_of(request)["on_site"].due_at == window[1]
    with clock_at(MONDAY + timedelta(minutes=20)):
        work = do.dispatch_work(request, by=cast.receptionist, doer=cast.worker)
        do.accept_work(work, by=cast.worker)
    assert clocks_of(request)["first_response"].met_at == MONDAY + timedelta(minutes=20)
    assert clocks_of(request)["on_site"].is_running
    with clock_at(window[1] + timedelta(minutes=5)):
        do.arrive(work, by=cast.worker)
    on_site = clocks_of(request)["on_site"]
    assert (on_site.met_at, on_site.breached_at) == (window[1] + timedelta(minutes=5), window[1])
    with clock_at(window[1] + timedelta(hours=1)):
        do.complete_work(work, by=cast.worker, ticks=TICKS)
        assert clocks_of(request)["resolution"].met_at == timezone.now()
        do.report_result(request, by=cast.receptionist, channel="phone", words="修好了")
        assert clocks_of(request)["follow_up"].due_at == shanghai("2026-11-16 23:59")
    with clock_at(window[1] + timedelta(hours=2)):
        do.record_follow_up(request, by=cast.receptionist, reached=True, solved=True, score=5)
    assert not request.clocks.running().exists()
    request.refresh_from_db()
    assert (request.next_due_metric, request.next_due_at) == ("", None)


def test_what_ends_without_an_answer_ends_its_clocks(cast, register):
    request = register(urgency="normal")
    do.cancel_request(request, by=cast.supervisor, asked_by="周先生", reason="已自行解决")
    assert {(clock.met_at, clock.ended_because) for clock in request.clocks.all()} == {(None, "not_needed")}
    refused = register(urgency="normal")
    do.reject_request(refused, by=cast.supervisor, explanation="不属于物业服务范围")
    assert clocks_of(refused)["first_response"].met_at is not None
    assert clocks_of(refused)["resolution"].ended_because == "not_needed"


def test_a_merge_that_is_undone_promises_what_was_promised_from_the_beginning(cast, register_at):
    request, into = register_at(MONDAY), register_at(MONDAY)
    with clock_at(MONDAY + timedelta(hours=1)):
        do.merge_requests(request, into=into, by=cast.supervisor)
        assert not request.clocks.running().exists()
        do.undo_merge(request, by=cast.supervisor)
    again = request.clocks.running().get(metric="resolution")
    assert (again.round, again.started_at) == (2, MONDAY)


@pytest.mark.requirement("R-204")
def test_another_kind_goes_on_under_its_own_policy_from_the_same_start(cast, register_at):
    request = register_at(MONDAY, urgency="normal")
    with clock_at(MONDAY + timedelta(minutes=10)):
        do.change_kind(request, by=cast.supervisor, to="complaint", reason="客户投诉上次维修")
    old, new = request.clocks.filter(metric="resolution").order_by("round")
    assert (old.ended_because, old.due_at) == ("other_policy", shanghai("2026-11-11 10:00"))
    assert (new.started_at, new.due_at) == (MONDAY, shanghai("2026-11-12 10:00"))


def test_severity_chooses_the_policy_again(cast, register_at):
    request = register_at(MONDAY, kind="complaint", category="service-attitude-guard")
    with clock_at(MONDAY + timedelta(hours=1)):
        do.acknowledge_complaint(request, by=cast.supervisor)
        do.verify_complaint(request, by=cast.supervisor)
        do.establish_facts(request, by=cast.supervisor, facts="属实", severity="serious", is_attributable=True)
    resolution = request.clocks.running().get(metric="resolution")
    assert resolution.policy.severity == "serious"
    assert resolution.due_at == shanghai("2026-11-16 10:00")


@pytest.mark.requirement("R-191")
def test_another_due_time_needs_a_reason_and_somebody_else(cast, register):
    request = register(urgency="normal")
    later = timezone.now() + timedelta(days=30)
    with pytest.raises(Refused, match="reason"):
        do.ask_adjustment(request, by=cast.receptionist, metric="resolution", new_due=later, reason=" ")
    asked = do.ask_adjustment(request, by=cast.receptionist, metric="resolution", new_due=later, reason="等厂家配件")
    clock = clocks_of(request)["resolution"]
    assert clock.due_at == asked.old_due
    with pytest.raises(Refused, match="own wish"):
        do.decide_adjustment(request, by=cast.receptionist, outcome="approved")
    do.decide_adjustment(request, by=cast.supervisor, outcome="approved")
    moved = clocks_of(request)["resolution"]
    assert moved.due_at == later
    assert moved.steps_at[2] == later
    with pytest.raises(Refused, match="No other due time"):
        do.decide_adjustment(request, by=cast.manager, outcome="approved")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE servicedesk_serviceclock SET due_at = due_at + interval '1 day'",
        "UPDATE servicedesk_serviceclock SET started_at = started_at - interval '1 day'",
        "UPDATE servicedesk_serviceclock SET level = -1",
        "DELETE FROM servicedesk_serviceclock",
        "UPDATE servicedesk_servicetimetarget SET amount = 99",
        "DELETE FROM servicedesk_servicetimepolicy",
        "UPDATE servicedesk_escalationladder SET steps = '[]'",
    ],
)
def test_plain_sql_moves_no_due_time_and_no_policy(register, sql):
    register(urgency="normal")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_declined_wish_explains_nothing_to_the_database(cast, register):
    request = register(urgency="normal")
    later = timezone.now() + timedelta(days=30)
    do.ask_adjustment(request, by=cast.receptionist, metric="resolution", new_due=later, reason="等配件")
    do.decide_adjustment(request, by=cast.supervisor, outcome="declined", answer="库房有货")
    clock = clocks_of(request)["resolution"]
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceClock.objects.filter(pk=clock.pk).update(due_at=later)


def test_a_matter_is_taken_in_the_last_minute_before_midnight(register_at):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    clocks = clocks_of(register_at(midnight - timedelta(seconds=20), urgency="urgent"))
    assert all(clock.due_at >= clock.started_at for clock in clocks.values())


@pytest.mark.requirement("R-199")
def test_what_nobody_answered_in_time_is_listed(cast, register_at, client_of):
    noon = timezone.localtime().replace(hour=12, minute=0) - timedelta(days=4)
    request = register_at(noon, urgency="urgent")
    rows = type(request).objects.visible_to(cast.supervisor).unanswered()
    assert list(rows) == [request]
    # Whatever else is due first: a result of the same day may be.
    type(request).objects.update(next_due_metric="resolution")
    assert list(rows.all()) == [request]
    do.accept_request(request, by=cast.receptionist)
    assert not rows.all()


# Words of a column that would be about the customer.
FORBIDDEN = ("size", "area", "fee", "arrear", "balance", "type", "value", "level_of", "party", "customer", "headcount")


@pytest.mark.django_db
def test_no_clock_and_no_priority_knows_the_customer():
    """Invariant 35: no column of policies, ladders, limits and clocks, nor what they read of a request, is about the customer."""
    tables = (
        "servicedesk_servicetimepolicy",
        "servicedesk_servicetimetarget",
        "servicedesk_escalationladder",
        "servicedesk_pauselimit",
        "servicedesk_serviceclock",
        "servicedesk_clockpause",
        "servicedesk_clockadjustment",
        "servicedesk_clockstep",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_name = ANY (%s)", [list(tables)]
        )
        columns = cursor.fetchall()
        cursor.execute(
            "SELECT DISTINCT confrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY (%s)",
            [list(tables)],
        )
        targets = {name for (name,) in cursor.fetchall()}
    assert {table for table, _column in columns} == set(tables)
    assert not [(table, column) for table, column in columns if any(word in column for word in FORBIDDEN)]
    assert not {name for name in targets if name.startswith(("customers_", "estates_unit"))}
