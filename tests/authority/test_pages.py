import html
import re
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.authority.figures import FIGURES, days_before, figures_of, rows_behind
from gongying.authority.models import ApprovalRequest, AuthorityGrant, AuthorityUse
from gongying.authority.operations import grant_approval, refuse_approval, use_authority, withdraw_approval
from gongying.workbench.front_line import front_line
from gongying.workbench.home import look_at


@pytest.fixture
def ask(cast, register, her_limit):
    request = register()

    def ask(amount, *, about=None):
        return use_authority(
            about or request, subject="goodwill", amount=Decimal(amount), reason="又漏了", by=cast.receptionist
        )

    return ask


@pytest.mark.requirement("R-008")
def test_the_page_of_a_request_grants_150_and_asks_for_250(client_of, cast, give, register):
    give()
    request = register()
    desk = client_of(cast.receptionist)
    url = reverse("servicedesk:request-step", args=[request.pk, "concede"])

    assert "¥200.00" in desk.get(url).content.decode()
    page = desk.post(url, {"subject": "goodwill", "amount": "150", "reason": "又漏了"}, follow=True)
    assert "within the authority of" in page.content.decode()
    assert AuthorityUse.objects.get().amount == 150

    page = desk.post(url, {"subject": "goodwill", "amount": "250", "reason": "天花板也坏了"}, follow=True)
    assert "goes beyond your authority" in page.content.decode()
    box = desk.get(reverse("servicedesk:request-concessions", args=[request.pk])).content.decode()
    assert "¥150.00" in box
    assert "waiting for a decision" in box

    for amount in ("", "0", "-1", "1e9x", "12.345"):
        answer = desk.post(url, {"subject": "goodwill", "amount": amount, "reason": "x"})
        assert answer.status_code == 422
    assert desk.post(url, {"subject": "overtime", "amount": "1", "reason": "x"}).status_code == 422
    assert client_of(cast.worker).post(url, {}).status_code in (403, 404)


@pytest.mark.requirement("R-007", "R-009")
def test_it_waits_on_the_supervisors_first_page_and_is_decided_in_two_clicks(client_of, cast, ask):
    approval = ask("250")
    rows = {row.url: row for row in front_line(look_at(cast.supervisor)).rows}
    row = rows[reverse("authority:approval-show", args=[approval.pk])]
    assert not row.is_late
    assert str(approval) in row.title

    client = client_of(cast.supervisor)
    page = client.get(row.url)
    assert "Agree" in page.content.decode()
    answer = client.post(reverse("authority:approval-grant", args=[approval.pk]), {"version": approval.version})
    assert answer.status_code == 302
    assert AuthorityUse.objects.get().approval == approval
    late = client_of(cast.manager).post(reverse("authority:approval-refuse", args=[approval.pk]), {"version": 1})
    assert late.status_code == 409


def test_one_that_waits_longer_than_half_an_hour_is_red(cast, ask):
    ask("250")
    later = timezone.now() + timedelta(minutes=31)
    with mock.patch("gongying.workbench.front_line.timezone.now", return_value=later):
        (row,) = [row for row in front_line(look_at(cast.supervisor)).rows if "approvals" in row.url]
    assert row.is_late


def test_own_approval_is_shown_without_buttons_and_refused(client_of, cast, register):
    approval = use_authority(register(), subject="goodwill", amount=Decimal(900), reason="x", by=cast.supervisor)
    client = client_of(cast.supervisor)
    page = client.get(reverse("authority:approval-show", args=[approval.pk])).content.decode()
    assert "Do not agree" not in page
    assert "Withdraw" in page
    url = reverse("authority:approval-grant", args=[approval.pk])
    assert client.post(url, {"version": approval.version}).status_code == 409
    assert client_of(cast.outsider).get(reverse("authority:approval-show", args=[approval.pk])).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_approvals_costs_the_same_for_one_and_three(
    client_of, cast, ask, register, number, django_assert_num_queries
):
    for _each in range(number):
        ask("250", about=register())
    client = client_of(cast.supervisor)
    url = reverse("authority:approval-index")
    client.get(url)
    with django_assert_num_queries(4):
        page = client.get(url)
    assert page.content.decode().count("¥250.00") == number


def test_a_grant_is_given_changed_and_ended_on_its_pages(client_of, cast, desk_post):
    client = client_of(cast.manager)
    sent = {"post": desk_post.pk, "subject": "goodwill", "limit_amount": "200", "per": "case"}
    url = reverse("authority:grant-create")
    assert client.post(url, sent).status_code == 422  # a manager of one project names it
    for wrong in ({"limit_amount": "-1"}, {"limit_amount": "95,46"}, {"post": ""}, {"ends_on": "2020-01-01"}):
        assert client.post(url, {**sent, "project": cast.sunshine.pk, **wrong}).status_code == 422
    assert client.post(url, {**sent, "project": cast.sunshine.pk}).status_code == 302
    grant = AuthorityGrant.objects.get()

    update = reverse("authority:grant-update", args=[grant.pk])
    assert client.post(update, {"limit_amount": "300", "per": "case", "version": 1}).status_code == 302
    stale = client.post(update, {"limit_amount": "400", "per": "case", "version": 1})
    assert stale.status_code == 409
    grant.refresh_from_db()
    assert grant.limit_amount == 300
    assert "¥300.00" in client.get(reverse("authority:grant-index")).content.decode()

    client.post(reverse("authority:grant-destroy", args=[grant.pk]))
    grant.refresh_from_db()
    assert grant.ends_on == timezone.localdate() + timedelta(days=1)


def test_a_manager_of_one_project_does_not_change_the_companys(client_of, cast, give):
    grant = give()
    assert client_of(cast.manager).get(reverse("authority:grant-edit", args=[grant.pk])).status_code == 403
    assert client_of(cast.administrator).get(reverse("authority:grant-edit", args=[grant.pk])).status_code == 200


@pytest.mark.requirement("R-009")
def test_figures_say_how_many_were_asked_and_how_long_they_waited(client_of, cast, give, ask, register):
    grant = give()
    ask("150", about=register())
    for minutes in (10, 20, 60):
        approval = ask("250", about=register())
        then = approval.asked_at + timedelta(minutes=minutes)
        with mock.patch("gongying.authority.operations.approvals.timezone.now", return_value=then):
            grant_approval(ApprovalRequest.objects.get(pk=approval.pk), by=cast.supervisor)
    ask("260", about=register())

    (row,) = figures_of(cast.supervisor, since=timezone.now() - timedelta(days=1))

    assert (row.alone, row.alone_sum, row.asked, row.granted, row.waiting) == (1, Decimal(150), 4, 3, 1)
    assert row.median_wait == timedelta(minutes=20)
    assert row.share_alone == 20
    (limit,) = row.by_limit
    assert (limit.grant, limit.limit, limit.asked, limit.median_amount) == (grant, Decimal(200), 4, Decimal(250))
    assert figures_of(cast.outsider, since=timezone.now() - timedelta(days=1)) == []

    page = client_of(cast.manager).get(reverse("authority:figures-show")).content.decode()
    assert "20 min" in page
    assert reverse("authority:grant-edit", args=[grant.pk]) in page


@pytest.mark.requirement("R-009")
def test_each_figure_opens_exactly_the_rows_it_counts(client_of, cast, give, ask, register):
    """One decided alone, two agreed to, one refused, one taken back, one waiting; another asked for without any limit."""
    give()
    ask("150", about=register())
    decided = [ask("250", about=register()) for _each in range(3)]
    for approval, decide in zip(decided, (grant_approval, grant_approval, refuse_approval), strict=True):
        decide(approval, by=cast.supervisor, note="看过了")
    withdraw_approval(ask("260", about=register()), by=cast.receptionist)
    ask("270", about=register())
    use_authority(register(), subject="goodwill", amount=Decimal(30), reason="泡水", by=cast.steward)

    for user in (cast.supervisor, cast.quality, cast.manager):
        client = client_of(user)
        page = client.get(reverse("authority:figures-show"))
        (row,) = page.context["figures"]
        numbers = {name: getattr(row, name) for name in FIGURES}
        assert numbers == {"alone": 1, "asked": 6, "waiting": 2, "granted": 2, "refused": 1, "decided": 3}
        links = re.findall(r'href="([^"]*/figures/rows/[^"]*)">([^<]*)</a>', page.content.decode())
        assert len(links) == 6 + 3 + 4  # nobody has decided about what was asked for without a limit
        for address, text in links:
            opened = client.get(html.unescape(address))
            rows = opened.context["page"].rows
            assert opened.context["count"].number == len(rows), address
            if re.search(r"\d+$", text) and "¥" not in text and "min" not in text:
                assert len(rows) == int(re.search(r"\d+$", text)[0]), address
        limits = {limit.query["grant"]: limit.asked for limit in row.by_limit}
        for grant, asked in limits.items():
            query = {"figure": "asked", "subject": "goodwill", "grant": grant, "limit": "200.00"}
            assert len(client.get(reverse("authority:figure-rows"), query).context["page"].rows) == asked
    assert sorted(limits.values()) == [1, 5]
    waits = [
        approval.waited for approval in rows_behind("decided", cast.quality, since=days_before(7), subject="goodwill")
    ]
    assert sorted(waits)[1] == row.median_wait


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"figure": "asked", "subject": "lunch"},
        {"figure": "all", "subject": "goodwill"},
        {"figure": "asked", "subject": "goodwill", "grant": "x"},
        {"figure": "asked", "subject": "goodwill", "grant": "1", "limit": "NaN"},
        {"figure": "asked", "subject": "goodwill", "grant": "1", "limit": "much"},
        {"figure": "asked", "subject": "goodwill", "grant": "1", "limit": "1e999999"},
    ],
)
def test_an_address_that_names_no_figure_is_none(client_of, cast, query):
    assert client_of(cast.quality).get(reverse("authority:figure-rows"), query).status_code == 404


def test_who_reads_the_figures_sees_approvals_and_decides_none(client_of, cast, ask):
    approval = ask("250")
    client = client_of(cast.quality)
    page = client.get(reverse("authority:approval-show", args=[approval.pk])).content.decode()
    assert "又漏了" in page
    assert "Agree" not in page
    answer = client.post(reverse("authority:approval-grant", args=[approval.pk]), {"version": approval.version})
    assert answer.status_code == 403
    assert not ApprovalRequest.objects.waiting_for(cast.quality).exists()
