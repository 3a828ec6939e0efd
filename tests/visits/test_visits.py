"""A home visit from the plan to what came of it: every step, every refusal, and what the database guards."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.notifications.models import Notification
from gongying.servicedesk.models import ServiceRequest
from gongying.visits.machines import VISIT
from gongying.visits.models import HomeVisit, VisitNeed
from gongying.visits.operations import (
    NewNeed,
    NewPromise,
    cancel_visit,
    close_visit,
    confirm_visit,
    decline_need,
    dispatch_need,
    log_visit,
    meet_household,
    miss_household,
    move_visit,
    plan_visit,
    record_visit,
    replan_visit,
    undo_miss,
)
from tests.race import in_the_middle, race

DAY = timedelta(days=1)


def later(days=1):
    return timezone.now() + DAY * days


def planned(cast, **more):
    return plan_visit(cast.unit, by=cast.steward, planned_for=later(), party=cast.zhou, **more)


@pytest.mark.requirement("R-094", "R-095")
def test_a_visit_becomes_a_touch_its_needs_requests_and_its_promises_get_a_clock(cast):
    visit = confirm_visit(planned(cast), by=cast.steward)
    visit = meet_household(visit, by=cast.steward)
    visit = record_visit(
        visit,
        by=cast.steward,
        matter="新门禁好不好用",
        result="满意，但晚上太吵",
        persons="周先生和母亲",
        needs=[NewNeed("厨房水管漏水")],
        promises=[NewPromise("周五前回复", later(3))],
    )

    assert visit.state == "closed"
    touch = visit.interaction
    assert (touch.channel, touch.direction, touch.text, touch.result) == (
        "home_visit",
        "outbound",
        "新门禁好不好用",
        "满意，但晚上太吵",
    )
    assert (touch.unit, touch.party, touch.person_name, touch.occurred_at) == (
        cast.unit,
        cast.zhou,
        "周先生和母亲",
        visit.met_at,
    )
    request = ServiceRequest.objects.get()
    assert (request.text, request.category.code, request.interaction, request.unit) == (
        "厨房水管漏水",
        "home-plumbing-leak",
        touch,
        cast.unit,
    )
    assert [promise.text for promise in touch.promises.all()] == ["周五前回复"]
    verbs = EventSubject.objects.filter(kind="unit", object_id=cast.unit.pk).values_list("event__verb", flat=True)
    assert {"home_visit.planned", "home_visit.met", "home_visit.recorded", "home_visit.closed"} <= set(verbs)


@pytest.mark.requirement("R-080")
def test_a_record_needs_matter_and_result(cast):
    visit = meet_household(planned(cast), by=cast.steward)

    with pytest.raises(Refused, match="什么事"):
        record_visit(visit, by=cast.steward, matter=" ", result="满意")
    with pytest.raises(Refused, match="结果"):
        record_visit(visit, by=cast.steward, matter="走访", result=" ")
    visit.refresh_from_db()
    assert (visit.state, visit.interaction) == ("met", None)


@pytest.mark.requirement("R-095")
def test_nobody_home_is_counted_apart_and_planned_again_three_times_at_most(cast):
    visit = planned(cast)
    for attempt in range(3):
        visit = miss_household(visit, by=cast.steward)
        visit = replan_visit(visit, by=cast.steward, planned_for=later(attempt + 2))
    visit = miss_household(visit, by=cast.steward)

    assert (visit.missed_calls.count(), visit.replans, list(HomeVisit.objects.made())) == (4, 3, [])
    with pytest.raises(Refused, match="3"):
        replan_visit(visit, by=cast.steward, planned_for=later(9))
    with pytest.raises(Refused, match="取消的原因"):
        cancel_visit(visit, by=cast.steward, reason=" ")
    assert cancel_visit(visit, by=cast.steward, reason="长期不在家").state == "cancelled"
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeVisit.objects.filter(pk=visit.pk).update(replans=4)


@pytest.mark.requirement("R-095")
@pytest.mark.parametrize("agreed", [False, True])
def test_nobody_home_is_undone_and_all_is_as_it_was(cast, agreed):
    visit = planned(cast)
    if agreed:
        visit = confirm_visit(visit, by=cast.steward)
    before = (visit.state, visit.confirmed_at)
    missed = miss_household(visit, by=cast.steward)
    assert (missed.state, missed.confirmed_at) == ("not_home", None)

    undone = undo_miss(visit, by=cast.steward)
    assert (undone.state, undone.confirmed_at, undone.replans) == (*before, 0)
    call = visit.missed_calls.get()
    assert (list(visit.missed_calls.standing()), call.undone_by) == ([], cast.steward)
    with pytest.raises(Refused):
        undo_miss(visit, by=cast.steward)
    for change in ({"undone_at": None, "undone_by": None}, {"by": cast.supervisor}):
        with pytest.raises(IntegrityError), transaction.atomic():
            visit.missed_calls.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.missed_calls.all().delete()
    again = miss_household(visit, by=cast.steward)
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.missed_calls.standing().update(undone_at=timezone.now())
    replanned = replan_visit(again, by=cast.steward, planned_for=later(2))
    with pytest.raises(Refused):
        undo_miss(replanned, by=cast.steward)
    assert visit.missed_calls.standing().count() == replanned.replans == 1


def test_what_makes_no_sense_is_refused(cast):
    visit = planned(cast)

    with pytest.raises(Refused, match="已安排"):
        planned(cast)
    with pytest.raises(Refused, match="还没到的时间"):
        plan_visit(cast.west_unit, by=cast.west_steward, planned_for=timezone.now())
    with pytest.raises(Refused, match="一年"):
        plan_visit(cast.west_unit, by=cast.west_steward, planned_for=later(400))
    with pytest.raises(Refused, match="陈管家"):
        plan_visit(cast.unit, by=cast.supervisor, planned_for=later(), steward=cast.west_steward)
    with pytest.raises(Refused):
        record_visit(visit, by=cast.steward, matter="走访", result="满意")
    with pytest.raises(Refused, match="将来"):
        meet_household(visit, by=cast.steward, at=later())
    assert HomeVisit.objects.count() == 1


def test_a_confirmed_visit_that_is_moved_is_asked_again_and_its_steward_told(cast):
    visit = plan_visit(cast.unit, by=cast.supervisor, planned_for=later(), steward=cast.steward)
    visit = confirm_visit(visit, by=cast.supervisor)
    visit = move_visit(visit, by=cast.supervisor, planned_for=later(2))

    assert (visit.state, visit.confirmed_at) == ("planned", None)
    assert Notification.objects.filter(user=cast.steward).count() == 2


@pytest.mark.requirement("R-096")
def test_a_visit_on_a_round_counts_and_makes_use_of_an_open_plan(cast):
    unplanned = log_visit(cast.west_unit, by=cast.west_steward, matter="路过", result="一切都好", persons="本人")
    plan = planned(cast)
    used = log_visit(cast.unit, by=cast.steward, matter="路过", result="一切都好", persons="本人")

    assert (unplanned.is_planned, unplanned.state) == (False, "closed")
    assert (used.pk, used.is_planned, used.state) == (plan.pk, True, "closed")
    assert HomeVisit.objects.made().count() == 2


def test_a_need_that_is_not_dispatched_keeps_the_visit_open(cast):
    """Who may make visits but register nothing leaves the needs to a colleague."""
    role = cast.steward.staff.roles.get()
    role.permissions = [code for code in role.permissions if code != "servicedesk.register_request"]
    role.save()
    visit = meet_household(planned(cast), by=cast.steward)
    needs = [NewNeed("厨房水管漏水"), NewNeed("想要充电桩", "suggestion")]
    visit = record_visit(visit, by=cast.steward, matter="走访", result="有两件事", needs=needs)
    leak, charger = visit.needs.all()

    assert visit.state == "recorded"
    with pytest.raises(Refused, match="还没有派发"):
        close_visit(visit, by=cast.steward)
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeVisit.objects.filter(pk=visit.pk).update(state="closed")
    dispatch_need(leak, by=cast.supervisor)
    with pytest.raises(Refused, match="已经处理"):
        dispatch_need(leak, by=cast.supervisor)
    with pytest.raises(Refused, match="原因"):
        decline_need(charger, by=cast.supervisor, words=" ")
    decline_need(charger, by=cast.supervisor, words="已有规划")
    visit.refresh_from_db()
    assert (visit.state, VisitNeed.objects.filter(service_request=None, declined="").count()) == ("closed", 0)


def test_the_database_takes_no_step_that_the_table_does_not_list(cast):
    visit = planned(cast)

    for state in ("recorded", "closed", "lost"):
        with pytest.raises(IntegrityError), transaction.atomic():
            HomeVisit.objects.filter(pk=visit.pk).update(state=state)
    with pytest.raises(IntegrityError), transaction.atomic():
        visit.delete()
    assert ("met", "planned") not in VISIT.moves


@pytest.mark.django_db(transaction=True)
def test_two_who_plan_the_same_household_at_once_plan_one_visit(cast):
    def plan(by):
        return plan_visit(cast.unit, by=by, planned_for=later())

    made = race(lambda: plan(cast.steward), lambda: plan(cast.supervisor), lambda: plan(cast.manager))
    assert sum(isinstance(result, HomeVisit) for result in made) == 1
    assert sum(isinstance(result, Refused) for result in made) == 2
    assert HomeVisit.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_enters_a_visit_while_another_is_planned_is_told(cast):
    outcome = in_the_middle(
        lambda: planned(cast), lambda: log_visit(cast.unit, by=cast.supervisor, matter="走访", result="都好")
    )

    assert isinstance(outcome, Refused)
    assert HomeVisit.objects.count() == 1


def test_who_sees_a_visit(cast):
    visit = planned(cast)

    for user, sees in (
        (cast.steward, True),
        (cast.supervisor, True),
        (cast.west_steward, False),
        (cast.outsider, False),
        (cast.guard, False),
    ):
        assert HomeVisit.objects.visible_to(user).filter(pk=visit.pk).exists() is sees, user
