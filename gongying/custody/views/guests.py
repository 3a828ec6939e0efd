"""Guests: announced at the desk or at the gate, agreed to by the house, shown, printed, withdrawn."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.common.qr import QrCode, qr_code
from gongying.common.templatetags.formats import moment
from gongying.custody.forms import ConfirmationForm, GuestForm, NotWantedForm
from gongying.custody.models import GuestPass
from gongying.custody.models.guests import guest_token
from gongying.custody.operations import announce_guest, confirm_guest, guests_key, withdraw_guest
from gongying.custody.rules import RECEIVE_GUESTS
from gongying.customers.masking import masked_phone
from gongying.estates.asked import asked_list, asked_unit, narrowed, unit_or_404
from gongying.estates.models import Project

LISTS = ("expected", "in_house", "settled")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RECEIVE_GUESTS)
    shown = asked_list(request, LISTS)
    visible = narrowed(GuestPass.objects.visible_to(request.user), request, _holding)
    rows = getattr(visible, shown)()
    context = {
        "page": paginate(rows.for_page(), order=("-expected_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "here": bounded_count(visible.in_house()),
        "projects": list(Project.objects.visible_to(request.user).order_by("code")),
    }
    return render(request, "custody/guest_list.html", context)


@require_safe
def show(request: SignedInRequest, guest_id: int) -> HttpResponse:
    guest = find_guest(request, guest_id)
    context = {
        "guest": guest,
        "facts": _facts(guest),
        "link": _own_link(request, guest) if guest.may_still_come else "",
        "live": guests_key(guest.project_id),
    }
    return render(request, "custody/guest_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, RECEIVE_GUESTS)
    form = GuestForm(sent_with(request), user=request.user, initial=asked_unit(request))
    if form.is_valid():
        guest = announce_guest(by=request.user, **form.arguments())
        tell(request, pgettext("a guest", "Pass %(number)s, code %(code)s.") % {"number": guest, "code": guest.code})
        return done(request, guest_url(guest))
    title = pgettext("a guest", "New guest")
    back = reverse("custody:guest-index")
    return show_form(request, form, title=title, submit=pgettext("a guest", "Enter"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: SignedInRequest, guest_id: int) -> HttpResponse:
    guest = find_guest(request, guest_id)
    form = ConfirmationForm(sent_with(request))
    if form.is_valid():
        confirm_guest(guest, by=request.user, **form.cleaned_data)
        tell(request, _("%(unit)s agreed.") % {"unit": guest.unit})
        return done(request, _back_to(request, guest))
    title = _("%(unit)s agrees to %(name)s") % {"unit": guest.unit, "name": guest.name}
    return show_form(request, form, title=title, submit=_("Agreed"), back=guest_url(guest))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, guest_id: int) -> HttpResponse:
    guest = find_guest(request, guest_id)
    form = NotWantedForm(sent_with(request))
    if form.is_valid():
        withdraw_guest(guest, by=request.user, **form.cleaned_data)
        tell(request, _("Pass %(number)s is withdrawn.") % {"number": guest})
        return done(request, guest_url(guest))
    title = _("Withdraw pass %(number)s") % {"number": guest}
    return show_form(request, form, title=title, submit=pgettext("a pass", "Withdraw"), back=guest_url(guest))


@require_safe
def paper(request: SignedInRequest, guest_id: int) -> HttpResponse:
    """The slip for the guest, with its code as a picture that the gate's phone reads; it does not name the house."""
    guest = find_guest(request, guest_id)
    qr = gate_code(request, guest) if guest.has_not_come else None
    context = {"guest": guest, "qr": qr, "paper": "a5", "back": guest_url(guest)}
    return render(request, "custody/guest_paper.html", context)


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A chip in the head of a household: who is expected, who is there."""
    unit = unit_or_404(request.user, unit_id)
    guests = GuestPass.objects.visible_to(request.user).filter(unit=unit)
    context = {"unit": unit, "expected": guests.expected().count(), "here": guests.in_house().count()}
    return render(request, "custody/_unit_guests.html", context)


def find_guest(request: SignedInRequest, guest_id: int, permission: str = RECEIVE_GUESTS) -> GuestPass:
    authorize(request.user, permission)
    found: GuestPass = get_object_or_404(GuestPass.objects.visible_to(request.user).for_page(), pk=guest_id)
    return found


def guest_url(guest: GuestPass) -> str:
    return reverse("custody:guest-show", args=[guest.pk])


def gate_code(request: Any, guest: GuestPass) -> QrCode:
    """What the gate's phone reads: it opens the gate's page, which wants a log-in."""
    return qr_code(request.build_absolute_uri(f"{reverse('custody:gate-show')}?q={guest.code}"))


def _own_link(request: SignedInRequest, guest: GuestPass) -> str:
    return request.build_absolute_uri(reverse("custody:guest-own", args=[guest_token(guest)]))


def _back_to(request: SignedInRequest, guest: GuestPass) -> str:
    """The gate goes on at the gate."""
    at_gate = request.GET.get("from") == "gate"
    return f"{reverse('custody:gate-show')}?q={guest.number}" if at_gate else guest_url(guest)


def _holding(words: str) -> Q:
    return (
        Q(number__iendswith=words)
        | Q(unit__code__istartswith=words)
        | Q(name__icontains=words)
        | Q(plate__icontains=words)
        | Q(code=words)
    )


def _facts(guest: GuestPass) -> list[tuple[str, Any]]:
    agreed = f"{guest.confirmed_by} · {guest.get_confirmation_display()}" if guest.confirmed_by else ""
    return [
        (_("why they come"), guest.get_purpose_display()),
        (_("how many come"), guest.persons),
        (_("phone of the guest"), masked_phone(guest.phone)),
        (_("plate"), guest.plate),
        (_("what they bring along"), guest.brings),
        (pgettext("a guest", "expected at"), moment(guest.expected_at)),
        (pgettext("a guest", "may come until"), moment(guest.valid_until)),
        (_("who of the house agreed"), agreed),
        (_("who asked them"), guest.confirmed_to),
        (pgettext("a guest", "entered by"), guest.announced_by),
        (pgettext("a guest", "came at"), moment(guest.came_at)),
        (_("let in by"), guest.let_in_by),
        (pgettext("a guest", "left at"), moment(guest.left_at)),
        (pgettext("a pass", "withdrawn by"), guest.voided_by),
        (pgettext("a pass", "why it was withdrawn"), guest.void_reason),
    ]
