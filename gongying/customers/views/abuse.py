"""Abusive contacts: anybody on the staff writes one down, those who look after colleagues see and settle it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.templatetags.formats import moment
from gongying.customers.forms.abuse import AbuseForm, SettlementForm
from gongying.customers.models import AbusiveContact
from gongying.customers.models.abuse import VIEW_ABUSE
from gongying.customers.operations import record_abuse, settle_abuse
from gongying.customers.rules import RECORD_ABUSE
from gongying.estates.asked import asked_list
from gongying.estates.models import Unit
from gongying.organization.access import staff_of
from gongying.organization.matters import open_matters_of
from gongying.organization.rules import MANAGE_LEAVE

LISTS = ("open", "settled")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW_ABUSE)
    shown = asked_list(request, LISTS)
    rows = getattr(AbusiveContact.objects.visible_to(request.user), shown)()
    context = {
        "page": paginate(rows.for_page(), order=("-happened_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
    }
    return render(request, "customers/abuse_list.html", context)


@require_safe
def show(request: SignedInRequest, abuse_id: int) -> HttpResponse:
    abuse = _find(request, abuse_id)
    context = {"abuse": abuse, "facts": _facts(abuse), "hand_over": _hand_over(request, abuse)}
    return render(request, "customers/abuse_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RECORD_ABUSE)
    here = Unit.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("unit", "")) or 0).first()
    initial = {"project": here.project_id, "unit_code": here.code} if here else {}
    form = AbuseForm(sent_with(request), user=request.user, initial=initial)
    back = reverse("customers:household-show", args=[here.pk]) if here else reverse("workbench:home-show")
    if form.is_valid():
        facts = dict(form.cleaned_data)
        abuse = record_abuse(facts.pop("project"), by=request.user, **facts)
        tell(request, _("Written down. Those who look after you are told; nobody else sees it."))
        sees = may(request.user, VIEW_ABUSE)
        return done(request, reverse("customers:abuse-show", args=[abuse.pk]) if sees else back)
    return show_form(request, form, title=_("Abusive contact"), submit=_("Write down"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: SignedInRequest, abuse_id: int) -> HttpResponse:
    abuse = _find(request, abuse_id)
    form = SettlementForm(sent_with(request))
    back = reverse("customers:abuse-show", args=[abuse.pk])
    if form.is_valid():
        settle_abuse(abuse, by=request.user, **form.cleaned_data)
        tell(request, _("Settled."))
        return done(request, back)
    return show_form(request, form, title=_("What was done about it?"), submit=_("Settle it"), back=back)


def _find(request: SignedInRequest, abuse_id: int) -> AbusiveContact:
    authorize(request.user, VIEW_ABUSE)
    rows = AbusiveContact.objects.visible_to(request.user).for_page()
    found: AbusiveContact = get_object_or_404(rows, pk=abuse_id)
    return found


def _hand_over(request: SignedInRequest, abuse: AbusiveContact) -> str:
    """Where what the colleague still has with this household goes to somebody else, as long as there is something."""
    staff = staff_of(abuse.colleague)
    if staff is None or abuse.unit_id is None or not may(request.user, MANAGE_LEAVE):
        return ""
    if not open_matters_of(abuse.colleague, seen_by=request.user, unit_id=abuse.unit_id):
        return ""
    return f"{reverse('organization:matters-show', args=[staff.pk])}?unit={abuse.unit_id}"


def _facts(abuse: AbusiveContact) -> list[tuple[str, Any]]:
    return [
        (_("whom it hit"), abuse.colleague),
        (_("who did it"), abuse.who),
        (_("unit"), abuse.unit),
        (_("happened"), moment(abuse.happened_at)),
        (_("somebody else should go on"), _("yes") if abuse.wants_relief else ""),
        (pgettext("abuse", "settled by"), abuse.settled_by),
        (_("what was done about it"), abuse.settlement),
    ]
