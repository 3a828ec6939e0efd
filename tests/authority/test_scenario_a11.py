"""Scenario A-11, the part on authority, by operations and by the API; and that whoever agrees has a limit, too."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.authority.figures import figures_of
from gongying.authority.models import ApprovalRequest, AuthorityUse
from gongying.authority.operations import grant_approval, refuse_approval, use_authority
from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.notifications.models import Notification


@pytest.fixture
def waive(cast, register):
    """小赵 waives an amount, each time in a matter of its own unless one is named."""

    def waive(amount, *, by=None, about=None, subject="waiver"):
        by = by or cast.receptionist
        return use_authority(about or register(), subject=subject, amount=Decimal(amount), reason="又漏了", by=by)

    return waive


@pytest.mark.requirement("R-008", "R-009", "R-010")
def test_a_clerks_waivers_of_150_and_250_and_her_own_approval(cast, give, waive):
    limit = give(subject="waiver", limit_amount=200)

    at_once, asked = waive(150), waive(250)

    assert isinstance(at_once, AuthorityUse)
    assert (at_once.amount, at_once.grant, at_once.limit_amount) == (Decimal("150.00"), limit, Decimal("200.00"))
    assert isinstance(asked, ApprovalRequest)
    assert (asked.state, asked.amount, asked.limit_amount) == ("asked", Decimal("250.00"), Decimal("200.00"))
    with pytest.raises(Refused, match="her own"):
        grant_approval(asked, by=cast.receptionist)
    use = grant_approval(asked, by=cast.manager)
    assert (use.amount, use.grant, use.approval) == (Decimal("250.00"), None, asked)
    assert AuthorityUse.objects.count() == 2


@pytest.mark.requirement("R-009", "R-013")
def test_the_median_wait_is_that_of_the_waits(cast, give, waive):
    give(subject="waiver", limit_amount=200)
    start = timezone.now() - timedelta(hours=3)
    for minutes, decide in ((10, grant_approval), (20, grant_approval), (60, refuse_approval)):
        with clock_at(start):
            asked = waive(250)
        with clock_at(start + timedelta(minutes=minutes)):
            decide(asked, by=cast.manager)
    waive(150)
    waive(250)

    (row,) = figures_of(cast.manager, since=start)

    assert (row.alone, row.alone_sum) == (1, Decimal("150.00"))
    assert (row.asked, row.granted, row.refused, row.waiting) == (4, 2, 1, 1)
    assert row.median_wait == timedelta(minutes=20)


def test_the_same_by_the_api(client_of, cast, give, register, her_limit):
    give(subject="waiver", limit_amount=200)
    first, second = register(), register()
    desk, above = client_of(cast.receptionist), client_of(cast.manager)

    def post(client, url, **body):
        return client.post(f"/api/v1{url}", body, content_type="application/json")

    def concede(request, amount):
        facts = {"subject": "waiver", "amount": amount, "reason": "又漏了"}
        return post(desk, f"/requests/{request.pk}/concessions", **facts)

    assert concede(first, "150.00").json()["state"] == "granted"
    assert concede(second, "250.00").json()["state"] == "asked"
    approval = ApprovalRequest.objects.get()
    own = post(desk, f"/approvals/{approval.pk}/grant", version=1)
    assert own.status_code == 403  # her role decides nothing at all
    agreed = post(above, f"/approvals/{approval.pk}/grant", version=1, note="同意").json()
    assert (agreed["state"], agreed["decided_by_id"], agreed["amount"]) == ("granted", cast.manager.pk, "250.00")
    (figures,) = above.get("/api/v1/approval-figures").json()
    assert (figures["alone_sum"], figures["asked"], figures["granted"]) == ("150.00", 1, 1)
    assert figures["median_wait_seconds"] is not None


@pytest.mark.requirement("R-010")
def test_whoever_agrees_is_held_by_her_own_limit(cast, waive, her_limit, register):
    within = waive(400, subject="goodwill")
    beyond = waive("400.01", subject="goodwill")

    assert [row.user for row in Notification.objects.filter(about_id=beyond.pk)] == [cast.manager]
    assert list(ApprovalRequest.objects.waiting_for(cast.supervisor)) == [within]
    assert set(ApprovalRequest.objects.waiting_for(cast.manager)) == {within, beyond}
    grant_approval(within, by=cast.supervisor)
    assert (within.refresh_from_db(), within.deciding_grant, within.deciding_limit) == (None, her_limit, Decimal(400))
    with pytest.raises(Refused, match="beyond your own limit"):
        grant_approval(beyond, by=cast.supervisor)
    with pytest.raises(Refused, match="no authority for this yourself"):
        grant_approval(waive(1, subject="compensation"), by=cast.supervisor)
    grant_approval(beyond, by=cast.manager)  # sets the limits of others, has none
    assert (beyond.refresh_from_db(), beyond.deciding_limit) == (None, None)


def test_what_she_agreed_to_in_a_case_adds_up(cast, waive, her_limit, register):
    case = register()
    grant_approval(waive(250, about=case, subject="goodwill"), by=cast.supervisor)
    again = waive("150.01", about=case, subject="goodwill")
    with pytest.raises(Refused, match=r"used: ¥250\.00"):
        grant_approval(again, by=cast.supervisor)
    assert refuse_approval(again, by=cast.supervisor).state == "refused"  # to say no needs no limit


def test_the_page_offers_only_what_her_limit_reaches(client_of, cast, waive, her_limit):
    within, beyond = waive(400, subject="goodwill"), waive(401, subject="goodwill")
    client = client_of(cast.supervisor)
    pages = {
        row: client.get(reverse("authority:approval-show", args=[row.pk])).content.decode() for row in (within, beyond)
    }
    assert ">Agree<" in pages[within]
    assert ">Agree<" not in pages[beyond]
    assert "somebody with a higher limit" in pages[beyond]
    answer = client.post(reverse("authority:approval-grant", args=[beyond.pk]), {"version": beyond.version})
    assert answer.status_code == 409


def test_plain_sql_cannot_agree_beyond_the_deciders_limit(cast, waive, her_limit):
    beyond = waive(401, subject="goodwill")

    def agree(limit: int | None, grant: int | None, at: datetime) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "UPDATE authority_approvalrequest SET state = 'granted', decided_by_id = %s, decided_at = %s,"
                " deciding_limit = %s, deciding_grant_id = %s WHERE id = %s",
                [cast.supervisor.pk, at, limit, grant, beyond.pk],
            )

    now = timezone.now()
    for limit, grant, sentence in (
        (None, None, "not the limit of who decides"),
        (999, her_limit.pk, "not the limit of who decides"),
        (400, her_limit.pk, "within_the_deciders_limit"),
    ):
        with pytest.raises(IntegrityError, match=sentence):
            agree(limit, grant, now)
