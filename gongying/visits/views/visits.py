"""Visits: the list, a day's route, one visit and its steps."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_counts, paginate
from gongying.common.permissions import authorize
from gongying.estates.models import Unit
from gongying.files.models import Attachment
from gongying.files.operations import attach
from gongying.visits.forms import DeclineForm, ListForm, LogForm, PlanForm, ReasonForm, RecordForm, TimeForm
from gongying.visits.machines import MAKE, UNDOINGS, VISIT
from gongying.visits.models import HomeVisit, VisitNeed
from gongying.visits.operations import (
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
from gongying.visits.operations.steps import visits_key
from gongying.visits.routes import route_of
from gongying.visits.rules import VIEW

LISTS = {
    "to_go": pgettext_lazy("home visits", "to make"),
    "overdue": pgettext_lazy("home visits", "overdue"),
    "not_home": pgettext_lazy("home visits", "nobody home"),
    "unrecorded": pgettext_lazy("home visits", "to record"),
    "undispatched": pgettext_lazy("home visits", "to dispatch"),
    "made": pgettext_lazy("home visits", "made"),
}
SOONEST, NEWEST = ("planned_for", "id"), ("-planned_for", "-id")
# Done by one press; the other steps ask for something.
STEPS: Mapping[str, Callable[..., HomeVisit]] = {
    "confirm": confirm_visit,
    "meet": meet_household,
    "miss": miss_household,
    "undo_miss": undo_miss,
    "close": close_visit,
}
FORMS: Mapping[str, tuple[type[Any], Callable[..., HomeVisit]]] = {
    "replan": (TimeForm, replan_visit),
    "move": (TimeForm, move_visit),
    "cancel": (ReasonForm, cancel_visit),
}
SAID = {
    "confirm": gettext_lazy("Confirmed."),
    "miss": gettext_lazy("Nobody home: plan it again."),
    "undo_miss": gettext_lazy("Undone: the visit is to be made."),
    "replan": gettext_lazy("Planned again."),
    "move": gettext_lazy("Moved."),
    "cancel": gettext_lazy("Cancelled."),
    "close": gettext_lazy("Closed."),
}


def rows_of(rows: Any, key: str) -> Any:
    chosen = {
        "to_go": rows.to_go(),
        "overdue": rows.overdue(),
        "not_home": rows.not_home(),
        "unrecorded": rows.filter(state="met"),
        "undispatched": rows.undispatched(),
        "made": rows.made(),
    }
    return chosen[key]


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, VIEW)
    form = ListForm(request.GET, user=request.user)
    key = request.GET.get("list", "to_go")
    key = key if key in LISTS else "to_go"
    rows = HomeVisit.objects.visible_to(request.user)
    if steward := form.cleaned_data.get("steward"):
        rows = rows.of_steward(steward)
    if day := form.cleaned_data.get("day"):
        rows = rows.on(day)
    counts = bounded_counts([rows_of(rows, name) for name in LISTS])
    order = NEWEST if key == "made" else SOONEST
    page = paginate(rows_of(rows, key).for_list(), order=order, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "key": key,
        "chips": [(name, label, count) for (name, label), count in zip(LISTS.items(), counts, strict=True)],
    }
    return render(request, "visits/visit_index.html", context)


@require_safe
def route(request: SignedInRequest) -> HttpResponse:
    """One's own day, or that of a colleague: door by door."""
    context = _route(request)
    return render(request, "visits/route_show.html", context)


@require_safe
def paper(request: SignedInRequest) -> HttpResponse:
    """The route to take along, with room to write."""
    return render(request, "visits/route_paper.html", _route(request))


def _route(request: SignedInRequest) -> dict[str, Any]:
    authorize(request.user, VIEW)
    form = ListForm(request.GET, user=request.user)
    day: date = form.cleaned_data.get("day") or timezone.localdate()
    steward = form.cleaned_data.get("steward") or request.user
    rows = HomeVisit.objects.visible_to(request.user).of_steward(steward).on(day).exclude(state="cancelled")
    legs = route_of(rows.for_list())
    address = f"steward={steward.pk}&day="
    return {
        "legs": legs,
        "number": sum(len(leg.stops) for leg in legs),
        "day": day,
        "steward": steward,
        "is_own": steward == request.user,
        "before": f"{address}{day - timedelta(days=1):%Y-%m-%d}",
        "after": f"{address}{day + timedelta(days=1):%Y-%m-%d}",
        "here": f"{address}{day:%Y-%m-%d}",
        "live": visits_key(steward.pk),
    }


@require_safe
def show(request: SignedInRequest, visit_id: int) -> HttpResponse:
    return _show(request, _find(request, visit_id))


def _show(
    request: SignedInRequest, visit: HomeVisit, *, form: RecordForm | None = None, status: int = 200
) -> HttpResponse:
    if form is None and visit.state == "met":
        form = RecordForm(user=request.user, unit=visit.unit, party=visit.party)
    unsuitable = [*UNDOINGS, "record", *([] if visit.may_replan else ["replan"])]
    context = {
        "visit": visit,
        "steps": [step for step in VISIT.possible(visit.state) if step.verb not in unsuitable],
        "form": form,
        "needs": visit.needs.select_related("service_request"),
        "promises": visit.interaction.promises.select_related("owner", "keeping") if visit.interaction else [],
        "missed": visit.missed_calls.standing().select_related("by"),
        "warnings": route_of([visit])[0].stops[0].warnings,
        "photos": Attachment.objects.of(visit),
    }
    return render(request, "visits/visit_show.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, unit_id: int) -> HttpResponse:
    authorize(request.user, MAKE)
    unit = _unit(request, unit_id)
    form = PlanForm(sent_with(request), user=request.user, unit=unit)
    if form.is_valid():
        visit = plan_visit(unit, by=request.user, **form.cleaned_data)
        tell(request, _("Visit planned."))
        return done(request, reverse("visits:visit-show", args=[visit.pk]))
    back = reverse("customers:household-show", args=[unit.pk])
    title = _("Plan a visit to %(unit)s") % {"unit": unit.full_name}
    return show_form(request, form, title=title, submit=_("Plan the visit"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def log(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A visit on a round (R-096)."""
    authorize(request.user, MAKE)
    unit = _unit(request, unit_id)
    data = sent_with(request)
    form = LogForm(data, request.FILES if data is not None else None, user=request.user, unit=unit)
    if form.is_valid():
        visit = log_visit(unit, by=request.user, **form.arguments())
        _keep_photos(visit, form, request)
        tell(request, _("Visit recorded."))
        return done(request, reverse("visits:visit-show", args=[visit.pk]))
    back = reverse("customers:household-show", args=[unit.pk])
    title = _("Visited %(unit)s") % {"unit": unit.full_name}
    return show_form(request, form, title=title, submit=_("Save the record"), back=back)


@require_POST
def step(request: SignedInRequest, visit_id: int, verb: str) -> HttpResponse:
    visit = _find_to_make(request, visit_id)
    if verb not in STEPS:
        raise Http404
    STEPS[verb](visit, by=request.user)
    if verb in SAID:
        tell(request, SAID[verb], undo=_way_back(request, visit, verb))
    return _go_on(request, visit, verb)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest, visit_id: int, verb: str) -> HttpResponse:
    """A step that asks for something: another time, a reason."""
    visit = _find_to_make(request, visit_id)
    if verb not in FORMS:
        raise Http404
    form_class, operation = FORMS[verb]
    form = form_class(sent_with(request))
    if form.is_valid():
        operation(visit, by=request.user, **form.cleaned_data)
        tell(request, SAID[verb])
        return done(request, reverse("visits:visit-show", args=[visit.pk]))
    label = next(each.label for each in VISIT.transitions if each.verb == verb)
    back = reverse("visits:visit-show", args=[visit.pk])
    return show_form(request, form, title=label, submit=_("Save"), back=back, note=str(visit))


@require_POST
def record(request: SignedInRequest, visit_id: int) -> HttpResponse:
    visit = _find_to_make(request, visit_id)
    form = RecordForm(request.POST, request.FILES, user=request.user, unit=visit.unit, party=visit.party)
    if not form.is_valid():
        return _show(request, visit, form=form, status=422)
    recorded = record_visit(visit, by=request.user, **form.arguments())
    _keep_photos(recorded, form, request)
    tell(request, _("Visit recorded."))
    return redirect("visits:visit-show", visit.pk)


@require_POST
def dispatch(request: SignedInRequest, need_id: int) -> HttpResponse:
    need = _find_need(request, need_id)
    authorize(request.user, "servicedesk.register_request")
    dispatch_need(need, by=request.user)
    tell(request, _("A request is registered."))
    return redirect("visits:visit-show", need.visit_id)


@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: SignedInRequest, need_id: int) -> HttpResponse:
    need = _find_need(request, need_id)
    form = DeclineForm(sent_with(request))
    back = reverse("visits:visit-show", args=[need.visit_id])
    if form.is_valid():
        decline_need(need, by=request.user, **form.cleaned_data)
        return done(request, back)
    return show_form(request, form, title=_("It becomes no request"), submit=_("Save"), back=back, note=need.text)


def _go_on(request: SignedInRequest, visit: HomeVisit, verb: str) -> HttpResponse:
    """Who met somebody writes down what was said; on the route one goes on to the next door."""
    if "route" in (request.POST.get("from"), request.GET.get("from")) and verb != "meet":
        planned_on = timezone.localdate(visit.planned_for)
        return redirect(f"{reverse('visits:route-show')}?steward={visit.steward_id}&day={planned_on}")
    return redirect("visits:visit-show", visit.pk)


def _way_back(request: SignedInRequest, visit: HomeVisit, verb: str) -> str:
    """Two buttons stand side by side at each door."""
    if verb != "miss":
        return ""
    undo = reverse("visits:visit-step", args=[visit.pk, "undo_miss"])
    return f"{undo}?from=route" if request.POST.get("from") == "route" else undo


def _keep_photos(visit: HomeVisit, form: RecordForm, request: SignedInRequest) -> None:
    for photo in form.cleaned_data["photos"]:
        attach(photo, to=visit, by=request.user)


def _unit(request: SignedInRequest, unit_id: int) -> Unit:
    rows: Any = Unit.objects.visible_to(request.user).select_related("project")
    found: Unit = get_object_or_404(rows, pk=unit_id)
    return found


def _find(request: SignedInRequest, visit_id: int) -> HomeVisit:
    authorize(request.user, VIEW)
    rows = HomeVisit.objects.visible_to(request.user).for_list().select_related("interaction", "planned_by")
    found: HomeVisit = get_object_or_404(rows, pk=visit_id)
    return found


def _find_to_make(request: SignedInRequest, visit_id: int) -> HomeVisit:
    visit = _find(request, visit_id)
    authorize(request.user, MAKE, visit)
    return visit


def _find_need(request: SignedInRequest, need_id: int) -> VisitNeed:
    rows = VisitNeed.objects.filter(visit__in=HomeVisit.objects.visible_to(request.user)).select_related("visit")
    found: VisitNeed = get_object_or_404(rows, pk=need_id)
    authorize(request.user, MAKE, found.visit)
    return found
