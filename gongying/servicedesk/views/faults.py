"""Public faults: announced from a request, joined by callers at the desk, ended with a list of those to be told (E-044)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.templatetags.formats import moment
from gongying.estates.asked import unit_or_404
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.forms.faults import AnnouncementForm, FaultEndForm, FaultWordsForm, ToldForm
from gongying.servicedesk.models import FaultCall, PublicFault, ServiceRequest
from gongying.servicedesk.operations import announce_fault, change_fault, end_fault, tell_all_callers, tell_caller
from gongying.servicedesk.rules import ANNOUNCE_FAULT
from gongying.servicedesk.suggestions import faults_felt_at

PAGE = "servicedesk/fault_detail.html"
REPORT = "servicedesk.report_result"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What lasts, what callers do not know to be over, or what is over, the newest first."""
    shows_ended, shows_untold = request.GET.get("ended") == "1", request.GET.get("untold") == "1"
    rows = PublicFault.objects.visible_to(request.user)
    if shows_untold:
        rows = rows.to_be_told(request.user)
    else:
        rows = rows.filter(ended_at__isnull=False) if shows_ended else rows.open()
    context = {
        "page": paginate(
            rows.with_numbers().for_page(), order=("-announced_at", "-id"), cursor=request.GET.get("cursor")
        ),
        "count": bounded_count(rows),
        "shows_ended": shows_ended,
        "shows_untold": shows_untold,
    }
    return render(request, "servicedesk/fault_list.html", context)


@require_safe
def show(request: SignedInRequest, fault_id: int) -> HttpResponse:
    return _show(request, _find(request, fault_id))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, request_id: int) -> HttpResponse:
    """Make the matter of one request known to every desk."""
    rows = ServiceRequest.objects.visible_to(request.user).for_list()
    service_request = get_object_or_404(rows.select_related("entrance"), pk=request_id)
    authorize(request.user, ANNOUNCE_FAULT, service_request)
    form = AnnouncementForm(sent_with(request), service_request=service_request, user=request.user)
    if form.is_valid():
        fault = announce_fault(service_request, by=request.user, **form.arguments())
        tell(request, _("Announced: every desk sees it now."))
        return done(request, _url_of(fault))
    back = reverse("servicedesk:request-show", args=[request_id])
    return show_form(request, form, title=_("Announce as a public fault"), submit=_("Announce"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, fault_id: int) -> HttpResponse:
    fault = _find(request, fault_id)
    authorize(request.user, ANNOUNCE_FAULT, fault.service_request)
    form = _words_form(fault, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _words_form(_find(request, fault_id))):
            seen = take_version(form)
            change_fault(fault, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, _url_of(fault))
    return show_form(request, form, title=_("Change the words"), submit=_("Save"), back=_url_of(fault))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, fault_id: int) -> HttpResponse:
    fault = _find(request, fault_id)
    authorize(request.user, ANNOUNCE_FAULT, fault.service_request)
    form = FaultEndForm(sent_with(request))
    if form.is_valid():
        end_fault(fault, by=request.user, words=form.cleaned_data["words"])
        tell(request, _("It is over. Those who called are listed here until they are told."))
        return done(request, _url_of(fault))
    return show_form(request, form, title=_("It is over"), submit=_("End it"), back=_url_of(fault))


@require_POST
def told(request: SignedInRequest, call_id: int) -> HttpResponse:
    """A caller was told that it is over."""
    calls = FaultCall.objects.visible_to(request.user).select_related("fault__service_request__category", "interaction")
    call = get_object_or_404(calls, pk=call_id)
    authorize(request.user, REPORT, call.fault.service_request)
    form = ToldForm(request.POST)
    if not form.is_valid():
        return _show(request, _find(request, call.fault_id), form=form)
    notices = tell_caller(call, by=request.user, channel=form.cleaned_data["channel"])
    tell(request, _("Written down.") if len(notices) == 1 else _("Written down for all of her calls."))
    return done(request, _url_of(call.fault))


@require_POST
def all_told(request: SignedInRequest, fault_id: int) -> HttpResponse:
    """One word reached everybody who still waited."""
    fault = _find(request, fault_id)
    authorize(request.user, REPORT, fault.service_request)
    form = ToldForm(request.POST)
    if not form.is_valid():
        return _show(request, fault, form=form)
    n = len(tell_all_callers(fault, by=request.user, channel=form.cleaned_data["channel"]))
    tell(request, ngettext("%(n)s caller is told.", "%(n)s callers are told.", n) % {"n": n})
    return done(request, _url_of(fault))


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """The strip in the head of a household."""
    unit = unit_or_404(request.user, unit_id)
    faults = faults_felt_at(unit, unit.project, user=request.user)
    return render(request, "servicedesk/_unit_faults.html", {"faults": faults})


def _words_form(fault: PublicFault, data: Any = None) -> FaultWordsForm:
    return carrying_version(FaultWordsForm.of(fault, data), fault)


def _find(request: SignedInRequest, fault_id: int) -> PublicFault:
    rows = PublicFault.objects.visible_to(request.user).with_numbers().for_page()
    found: PublicFault = get_object_or_404(rows, pk=fault_id)
    return found


def _show(request: SignedInRequest, fault: PublicFault, form: ToldForm | None = None) -> HttpResponse:
    calls = FaultCall.objects.visible_to(request.user).filter(fault=fault)
    calls = calls.select_related("interaction__unit__project", "interaction__party", "notice__told_by")
    context: dict[str, Any] = {
        "fault": fault,
        "form": form,
        "facts": _facts(fault),
        "page": paginate(calls, order=("id",), cursor=request.GET.get("cursor")),
        "waiting": bounded_count(calls.to_be_told()),
        "channels": NoticeChannel.choices,
        "can_announce": fault.is_open and may(request.user, ANNOUNCE_FAULT),
        "can_tell": may(request.user, REPORT),
    }
    return render(request, PAGE, context, status=422 if form else 200)


def _facts(fault: PublicFault) -> list[tuple[Any, Any]]:
    return [
        (_("Where it is felt"), fault.where),
        (_("Expected end"), moment(fault.expected_end)),
        (_("Announced"), format_html("{} {}", moment(fault.announced_at), fault.announced_by)),
        (_("Ended"), format_html("{} {}", moment(fault.ended_at), fault.ended_by) if fault.ended_at else ""),
        (_("Words at the end"), fault.ending_words),
    ]


def _url_of(fault: PublicFault) -> str:
    return reverse("servicedesk:fault-show", args=[fault.pk])
