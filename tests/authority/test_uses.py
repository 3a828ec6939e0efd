"""Within authority at once, beyond it an approval, never one's own (R-008…R-010, invariant 29)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from gongying.authority.models import ApprovalRequest, AuthorityUse, grant_of
from gongying.authority.operations import (
    change_grant,
    end_grant,
    grant_approval,
    refuse_approval,
    use_authority,
    withdraw_approval,
)
from gongying.common.errors import Refused
from gongying.events.models import Event
from gongying.notifications.models import Notification
from gongying.servicedesk.operations import cancel_request
from tests.race import race


@pytest.fixture
def ask(cast, register, her_limit):
    def ask(amount, *, about=None, by=None, subject="goodwill"):
        about = about or ask.request
        return use_authority(
            about, subject=subject, amount=Decimal(amount), reason="又漏了一次", by=by or cast.receptionist
        )

    ask.request = register()
    return ask


@pytest.mark.requirement("R-008", "R-010")
def test_within_the_limit_it_is_so_at_once_with_the_grant_stamped(ask, give):
    grant = give()

    use = ask("150")

    assert isinstance(use, AuthorityUse)
    assert (use.grant, use.limit_amount, use.amount, use.approval) == (grant, Decimal(200), Decimal(150), None)
    event = Event.objects.get(verb="authority.used")
    assert event.details["limit"] == "200.00"
    assert {subject.kind for subject in event.subjects.all()} == {"servicerequest", "unit", "customer"}


@pytest.mark.requirement("R-008", "R-009")
def test_beyond_the_limit_it_is_asked_for_and_somebody_else_decides(ask, give, cast):
    grant = give()

    approval = ask("250")

    assert isinstance(approval, ApprovalRequest)
    assert (approval.state, approval.grant, approval.limit_amount) == ("asked", grant, Decimal(200))
    assert not AuthorityUse.objects.exists()
    told = Notification.objects.filter(event__verb="approval.asked")
    assert {row.user for row in told} == {cast.supervisor, cast.manager}

    use = grant_approval(approval, by=cast.supervisor, note="同意")

    approval.refresh_from_db()
    assert (approval.state, approval.decided_by, approval.note) == ("granted", cast.supervisor, "同意")
    assert (use.by, use.amount, use.grant, use.approval) == (cast.receptionist, Decimal(250), None, approval)
    assert [row.user for row in Notification.objects.filter(event__verb="authority.used")] == [cast.receptionist]


@pytest.mark.requirement("R-008")
def test_small_sums_of_one_case_add_up(ask, give, register):
    give()
    assert isinstance(ask("150"), AuthorityUse)
    assert isinstance(ask("50"), AuthorityUse)
    assert isinstance(ask("0.01"), ApprovalRequest)
    assert isinstance(ask("200", about=register()), AuthorityUse)


def test_a_limit_of_the_month_counts_all_cases(ask, give, register):
    give(per="month")
    assert isinstance(ask("150"), AuthorityUse)
    assert isinstance(ask("60", about=register()), ApprovalRequest)
    assert isinstance(ask("50", about=register()), AuthorityUse)


def test_without_authority_everything_is_asked_for(ask):
    approval = ask("1")
    assert (approval.grant, approval.limit_amount) == (None, None)


def test_her_own_grant_goes_before_her_posts_and_the_projects_before_the_companys(give, cast):
    company = give()
    here = give(project=cast.sunshine, limit_amount=300)
    own = give(staff=cast.receptionist.staff, limit_amount=50)
    find = {"subject": "goodwill", "project_id": cast.sunshine.pk}

    assert grant_of(cast.receptionist, **find) == own
    own.delete()
    assert grant_of(cast.receptionist, **find) == here
    assert grant_of(cast.receptionist, subject="goodwill", project_id=cast.park.pk) == company
    assert grant_of(cast.receptionist, subject="waiver", project_id=cast.sunshine.pk) is None
    assert grant_of(cast.steward, **find) is None


@pytest.mark.requirement("R-008")
def test_nobody_decides_about_her_own(ask, cast):
    approval = ask("500", by=cast.supervisor)
    with pytest.raises(Refused, match="her own"):
        grant_approval(approval, by=cast.supervisor)
    with pytest.raises(Refused, match="her own"):
        refuse_approval(approval, by=cast.supervisor)
    assert approval.is_decided_by(cast.manager)
    assert not approval.is_decided_by(cast.supervisor)


def test_refused_and_withdrawn_change_nothing_for_the_customer(ask, cast):
    refused = refuse_approval(ask("300"), by=cast.manager, note="请先上门看")
    assert refused.state == "refused"
    assert [row.user for row in Notification.objects.filter(event__verb="approval.refused")] == [cast.receptionist]

    again = ask("300")
    with pytest.raises(Refused, match="Only who asked"):
        withdraw_approval(again, by=cast.supervisor)
    assert withdraw_approval(again, by=cast.receptionist).decided_by is None
    with pytest.raises(Refused, match="Decided already"):
        grant_approval(again, by=cast.supervisor)
    assert not AuthorityUse.objects.exists()


def test_the_same_is_not_asked_twice_at_a_time(ask):
    ask("300")
    with pytest.raises(Refused, match="asked for already"):
        ask("400")


@pytest.mark.parametrize("amount", ["0", "-5", "0.001", "1000000000000"])
def test_absurd_amounts_are_refused(ask, amount):
    with pytest.raises(Refused, match="more than nothing"):
        ask(amount)


def test_a_changed_limit_leaves_what_was_before(give, cast):
    today = timezone.localdate()
    grant = give(starts_on=today - timedelta(days=30))

    newer = change_grant(grant, by=cast.manager, limit_amount=Decimal(300), per="case")

    grant.refresh_from_db()
    assert newer.pk != grant.pk
    assert (grant.limit_amount, grant.ends_on, newer.starts_on) == (Decimal(200), today, today)
    assert [row.limit_amount for row in newer.history] == [Decimal(300), Decimal(200)]

    # Of today: nothing to keep.
    same = change_grant(newer, by=cast.manager, limit_amount=Decimal(350), per="case", seen=newer.version)
    assert (same.pk, same.limit_amount, same.version) == (newer.pk, Decimal(350), 2)


def test_no_two_grants_for_the_same_at_a_time(give, cast):
    grant = give()
    with pytest.raises(Refused, match="already in that time"):
        give(limit_amount=500)
    end_grant(grant, by=cast.manager)
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert give(limit_amount=500, starts_on=tomorrow).starts_on == tomorrow


def test_nobody_gives_authority_to_herself(give, cast):
    with pytest.raises(Refused, match="to herself"):
        give(staff=cast.manager.staff)


def insert(use, **changed):
    """Straight into the table, past every operation."""
    row = {
        "subject": "goodwill",
        "amount": "150",
        "reason": "x",
        "by_id": use["by"].pk,
        "at": timezone.now(),
        "about_kind": "servicerequest",
        "about_id": use["about"].pk,
        "grant_id": use["grant"].pk,
        "limit_amount": "200",
        "approval_id": None,
        "project_id": use["about"].project_id,
        **changed,
    }
    names = ", ".join(f'"{name}"' for name in row)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO authority_authorityuse ({names}) VALUES ({', '.join(['%s'] * len(row))})",
            list(row.values()),
        )


@pytest.mark.requirement("R-010")
def test_plain_sql_cannot_go_beyond_authority(ask, give, cast):
    """Invariant 29."""
    ground = {"by": cast.receptionist, "about": ask.request, "grant": give()}
    later = timezone.now() + timedelta(days=40)
    approval = ask("250")
    for changed, sentence in (
        ({"amount": "201", "limit_amount": "200"}, "limit is exceeded"),
        ({"amount": "250", "limit_amount": "300"}, "another limit"),
        ({"by_id": cast.steward.pk}, "not hers"),
        ({"subject": "waiver"}, "something else"),
        ({"at": timezone.now() - timedelta(days=2)}, "not in force"),
        ({"grant_id": None, "limit_amount": None}, "by_grant_or_approval"),
        ({"grant_id": None, "limit_amount": None, "approval_id": approval.pk}, "nobody else has agreed"),
    ):
        with pytest.raises(IntegrityError, match=sentence):
            insert(ground, **changed)
    insert(ground, at=later)
    with pytest.raises(IntegrityError, match="limit is exceeded"):
        insert(ground, amount="51")

    with connection.cursor() as cursor:
        for statement in (
            "UPDATE authority_authorityuse SET amount = 1",
            "DELETE FROM authority_authorityuse",
            "UPDATE authority_approvalrequest SET amount = 1",
            "DELETE FROM authority_approvalrequest",
            f"UPDATE authority_approvalrequest SET (state, decided_by_id) = ('granted', {cast.receptionist.pk})",
            "UPDATE authority_approvalrequest SET state = 'granted'",
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                cursor.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_one_is_refused(ask, cast):
    approval = ask("250")
    results = race(
        lambda: grant_approval(ApprovalRequest.objects.get(pk=approval.pk), by=cast.supervisor),
        lambda: refuse_approval(ApprovalRequest.objects.get(pk=approval.pk), by=cast.manager),
    )
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    approval.refresh_from_db()
    assert AuthorityUse.objects.count() == (approval.state == "granted")


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_once_do_not_both_find_the_limit_untouched(ask, give):
    give(per="month")
    results = race(*[lambda: ask("150")] * 2)
    assert sorted(type(result).__name__ for result in results) == ["ApprovalRequest", "AuthorityUse"]


def test_nothing_is_granted_in_a_matter_that_has_ended(ask, cast):
    approval = ask("250")
    cancel_request(ask.request, by=cast.supervisor, asked_by="周先生", reason="不修了")
    with pytest.raises(Refused, match="is finished"):
        grant_approval(approval, by=cast.supervisor)
    assert not AuthorityUse.objects.exists()
    assert refuse_approval(approval, by=cast.supervisor, note="已结束").state == "refused"
