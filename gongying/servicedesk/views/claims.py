"""Claims for compensation: the register of a period with its sums, one claim, what is decided about it."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.common.templatetags.formats import moment, yuan
from gongying.estates.asked import asked_list
from gongying.files.models import Attachment
from gongying.servicedesk.enums import ClaimGround
from gongying.servicedesk.forms.claims import GrantForm, PaidForm, RefusalForm
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.operations import decide_claim, pay_claim, refuse_claim

CONCEDE = "servicedesk.concede"
LISTS = ("all", "undecided", "unpaid")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What was claimed in a month; the sums open their rows."""
    authorize(request.user, CONCEDE)
    month, shown, ground = _asked_month(request), asked_list(request, LISTS), request.GET.get("ground", "")
    of_month = CompensationClaim.objects.visible_to(request.user).filter(**_within(month))
    rows = of_month if shown == "all" else getattr(of_month, shown)()
    rows = rows.filter(ground=ground) if ground in ClaimGround.values else rows
    context = {
        "page": paginate(rows.with_decisions(), order=("-raised_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "ground": ground,
        "month": month,
        "sums": [row | {"label": ClaimGround(row["ground"]).label} for row in of_month.sums()],
        "undecided": bounded_count(of_month.undecided()),
        "unpaid": bounded_count(of_month.unpaid()),
    }
    return render(request, "servicedesk/claim_list.html", context)


@require_safe
def show(request: SignedInRequest, claim_id: int) -> HttpResponse:
    claim = _find(request, claim_id)
    papers = Attachment.objects.of(claim.service_request, label="claim")
    return render(request, "servicedesk/claim_show.html", {"claim": claim, "facts": _facts(claim), "papers": papers})


@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: SignedInRequest, claim_id: int) -> HttpResponse:
    claim = _find(request, claim_id)
    form = GrantForm(sent_with(request), claim=claim, user=request.user)
    if form.is_valid():
        claim = decide_claim(claim, by=request.user, **form.cleaned_data)
        granted = claim.granted is not None
        tell(request, _("Granted.") if granted else _("This goes beyond your authority: a colleague is asked."))
        return done(request, claim_url(claim))
    title = pgettext("a claim", "Grant")
    return show_form(request, form, title=f"{title} · {claim}", submit=title, back=claim_url(claim))


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest, claim_id: int) -> HttpResponse:
    claim = _find(request, claim_id)
    form = RefusalForm(sent_with(request))
    if form.is_valid():
        refuse_claim(claim, by=request.user, **form.cleaned_data)
        tell(request, _("The claim is refused."))
        return done(request, claim_url(claim))
    title = pgettext("a claim", "Refuse")
    return show_form(request, form, title=f"{title} · {claim}", submit=title, back=claim_url(claim))


@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: SignedInRequest, claim_id: int) -> HttpResponse:
    claim = _find(request, claim_id)
    form = PaidForm(sent_with(request))
    if form.is_valid():
        pay_claim(claim, by=request.user, **form.cleaned_data)
        tell(request, _("Written down."))
        return done(request, claim_url(claim))
    title = pgettext("a claim", "Paid")
    return show_form(request, form, title=f"{title} · {claim}", submit=title, back=claim_url(claim))


def claim_url(claim: CompensationClaim) -> str:
    return reverse("servicedesk:claim-show", args=[claim.pk])


def _find(request: SignedInRequest, claim_id: int) -> CompensationClaim:
    authorize(request.user, CONCEDE)
    rows = CompensationClaim.objects.visible_to(request.user).with_decisions()
    found: CompensationClaim = get_object_or_404(rows, pk=claim_id)
    return found


def _asked_month(request: SignedInRequest) -> date:
    """Its first day; what is no month is this month."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return timezone.localdate().replace(day=1)


def _within(month: date) -> dict[str, Any]:
    return {"raised_at__year": month.year, "raised_at__month": month.month}


def _facts(claim: CompensationClaim) -> list[tuple[str, Any]]:
    granted = claim.granted
    return [
        (_("claim for"), claim.get_ground_display()),
        (_("amount claimed"), yuan(claim.amount)),
        (_("who claims it"), claim.claimant),
        (pgettext("a claim", "entered by"), claim.raised_by),
        (pgettext("a claim", "entered at"), moment(claim.raised_at)),
        (_("amount granted"), yuan(granted.amount) if granted else ""),
        (_("within the authority of"), claim.ground_of_decision),
        (_("why it was refused"), claim.refusal),
        (_("refused by"), claim.refused_by),
        (_("paid at"), moment(claim.paid_at)),
        (_("how it was paid"), claim.paid_how),
    ]
