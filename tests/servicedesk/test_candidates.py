"""Who could do a job: by trade and place, ranked, with the reasons in words (A-02)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.organization.models import Leave, StaffMember
from gongying.schedule.models import DutyPost, DutyShift
from gongying.servicedesk import operations as do
from gongying.servicedesk.candidates import Nearness, candidates_for, firms_for
from gongying.servicedesk.models import OutsideFirm
from tests.conftest import make_staff
from tests.servicedesk.walks import TICKS, work_in

pytestmark = pytest.mark.django_db


def at(hour, days=1):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days, hours=hour)


def slot(start, end):
    return at(start), at(end)


def names(work, **given):
    return [candidate.staff.name for candidate in candidates_for(work, **given)]


def words(work, name, **given):
    (candidate,) = [each for each in candidates_for(work, **given) if each.staff.name == name]
    return [reason.words for reason in candidate.reasons]


@pytest.fixture
def job(cast, register):
    def job(start=None, end=None, **given):
        return work_in("open", cast, register, window=slot(start, end) if start else None, **given)

    return job


@pytest.fixture
def colleague(cast):
    """小钱, a second plumber, of the whole project."""
    user = make_staff("xiaoqian", "小钱", "worker", cast.worker.staff.department, skills=["plumbing"])
    whole = cast.receptionist.staff.territory_assignments.get()
    user.staff.territory_assignments.create(territory=whole.territory, during=whole.during)
    return user


@pytest.mark.requirement("R-019", "R-186")
def test_only_those_of_the_trade_and_the_place_are_offered(cast, job, colleague):
    assert names(job()) == ["老张", "小钱"]  # 老刘 is no plumber; 东区 is nearer than the whole project
    assert names(job(category="common-lift-fault")) == []
    assert names(job(unit=cast.west_unit)) == ["小钱"]
    StaffMember.objects.filter(user=cast.second_worker).update(skills=["lift"])
    assert names(job(category="common-lift-fault")) == ["老刘"]


def test_reasons_stand_in_words(cast, job):
    work = job(14, 16)
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(9, 10))
    assert words(work, "老张") == ["plumbing ✓", "tomorrow 14:00–16:00 free", "1 job that day", "own territory"]


def test_who_is_busy_comes_last_and_the_other_job_is_named(cast, job, colleague):
    other = do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(15, 17))
    work = job(14, 16)
    assert names(work) == ["小钱", "老张"]
    assert f"busy tomorrow 15:00–17:00: {other}" in words(work, "老张")
    assert names(work, at=at(18)) == ["老张", "小钱"]


def test_who_works_in_the_building_comes_first(cast, job, colleague):
    before = do.assign_work(job(), by=cast.supervisor, doer=colleague)
    do.accept_work(before, by=colleague)
    do.arrive(before, by=colleague)
    work = job()
    first, second = candidates_for(work)
    assert (first.staff.user, first.nearness) == (colleague, Nearness.SAME_BUILDING)
    assert (second.staff.user, second.nearness) == (cast.worker, Nearness.TERRITORY)
    assert "in the same building now" in words(work, "小钱")
    do.complete_work(before, by=colleague, ticks=TICKS)
    assert "just finished in this building" in words(work, "小钱")
    assert "1 job that day" in words(work, "小钱")


def test_who_has_a_full_day_comes_after_the_others(cast, job, colleague):
    StaffMember.objects.filter(user=cast.worker).update(most_jobs_a_day=1)
    do.assign_work(job(), by=cast.supervisor, doer=cast.worker, plan=slot(9, 10))
    work = job(14, 16)
    assert names(work) == ["小钱", "老张"]
    assert "1 job that day, full" in words(work, "老张")


@pytest.mark.requirement("E-052")
def test_the_roster_says_who_is_there(cast, job, colleague):
    work = job(14, 16)
    assert not any("duty" in word for word in words(work, "老张"))
    post = DutyPost.objects.create(project=cast.sunshine, name="维修值班")
    DutyShift.objects.create(post=post, staff=colleague.staff, during=slot(8, 20))
    assert names(work) == ["小钱", "老张"]
    assert "on duty ✓" in words(work, "小钱")
    assert "not on duty" in words(work, "老张")


@pytest.mark.requirement("E-053")
def test_a_deputy_is_offered_for_who_is_away(cast, job, colleague):
    work = job(14, 16)
    tomorrow = timezone.localdate() + timedelta(days=1)
    leave = Leave.objects.create(staff=cast.worker.staff, during=(tomorrow, tomorrow + timedelta(days=1)))
    assert names(work) == ["小钱"]
    assert names(work, at=at(14, days=3)) == ["老张", "小钱"]
    cast.guard.staff.territory_assignments.all().delete()
    cast.guard.staff.roles.set(cast.worker.staff.roles.all())
    StaffMember.objects.filter(user=cast.guard).update(skills=["plumbing"])
    leave.deputy = cast.guard.staff
    leave.save()
    assert sorted(names(work)) == ["小孙", "小钱"]
    assert "stands in for 老张" in words(work, "小孙")


@pytest.mark.requirement("E-046")
def test_firms_of_the_trade_under_contract_are_offered(cast, job):
    lift = OutsideFirm.objects.create(name="宏达电梯", trades=["lift"])
    OutsideFirm.objects.create(name="水工队", trades=["plumbing"])
    ended = OutsideFirm.objects.create(name="旧电梯", trades=["lift"], contract_until=timezone.localdate())
    elsewhere = OutsideFirm.objects.create(name="园区电梯", trades=["lift"])
    elsewhere.projects.add(cast.park)
    work = job(category="common-lift-fault")
    assert firms_for(work) == [lift, ended]
    assert firms_for(work, at(9)) == [lift]


@pytest.mark.parametrize("number", [1, 3])
def test_the_ranking_takes_the_same_statements_for_any_number(cast, job, django_assert_num_queries, number):
    territory = cast.worker.staff.territory_assignments.get()
    for n in range(number):
        user = make_staff(f"w{n}", f"工{n}", "worker", cast.worker.staff.department, skills=["plumbing"])
        user.staff.territory_assignments.create(territory=territory.territory, during=territory.during)
        do.assign_work(job(), by=cast.supervisor, doer=user)
    work = job()
    candidates_for(work)
    with django_assert_num_queries(4):  # the edition, the roster, open jobs, what was done today
        assert len(candidates_for(work)) == number + 1
