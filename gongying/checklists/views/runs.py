"""Check lists are begun and ticked here, on a phone as well as at a desk."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import DAILY, OF_A_PERSON, OF_A_POST
from gongying.checklists.forms import StartForm, TicksForm
from gongying.checklists.models import CheckList, CheckRun, Tick
from gongying.checklists.operations import finish_run, start_run, tick_items
from gongying.checklists.rules import INSPECT, TICK, centres_of, may_begin, permission_for
from gongying.common.edits import carrying_version, stale_told, status_of, take_version
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.panels import panels_of
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.estates.stewards import serving
from gongying.events.subjects import AnyUser, find_kind
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Post


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What can be ticked here today, and what was ticked."""
    _authorize(request)
    projects = list(centres_of(request.user))
    asked = id_in(request.GET.get("project", ""))
    project = next((one for one in projects if one.pk == asked), projects[0] if projects else None)
    return _overview(request, projects, project)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    _authorize(request)
    project = get_object_or_404(centres_of(request.user), pk=id_in(request.POST.get("project", "")) or 0)
    lists = CheckList.objects.visible_to(request.user).in_force(project)
    form = StartForm(request.POST, lists=lists, people=_people(request, project))
    if not form.is_valid():
        return _overview(request, list(centres_of(request.user)), project, form)
    check_list: CheckList = form.cleaned_data["check_list"]
    authorize(request.user, permission_for(check_list))
    run = start_run(
        check_list, by=request.user, where=project, person=form.person_user(), post=form.cleaned_data["post"]
    )
    return redirect("checklists:run-show", run.pk)


@require_safe
def show(request: SignedInRequest, run_id: int) -> HttpResponse:
    run = _find(request, run_id)
    return _page(request, run, _form(run))


@require_POST
def tick(request: SignedInRequest, run_id: int) -> HttpResponse:
    """Keep what was ticked so far; with `finish` it is done."""
    run = _find(request, run_id)
    authorize(request.user, permission_for(run.check_list))
    form = _form(run, request.POST)
    if form.is_valid():
        with stale_told(form, stored=lambda: _form(_find(request, run_id))):
            seen = take_version(form)
            run = tick_items(run, form.marks(), by=request.user, seen=seen)
            if "finish" in request.POST:
                finish_run(run, by=request.user)
                tell(request, _("The check list is finished."))
            else:
                tell(request, _("Saved."))
            return redirect("checklists:run-show", run_id)
    return _page(request, run, form)


def _overview(
    request: SignedInRequest, projects: list[Project], project: Project | None, form: StartForm | None = None
) -> HttpResponse:
    runs = CheckRun.objects.visible_to(request.user).for_list()
    if project is not None:
        runs = runs.filter(project=project)
    context = {
        "projects": projects,
        "project": project,
        "lists": _lists(request, project) if project else [],
        "people": _people(request, project) if project and may(request.user, INSPECT) else [],
        "posts": Post.objects.select_related("department") if may(request.user, INSPECT) else [],
        "page": paginate(runs, order=("-started_at", "-id"), cursor=request.GET.get("cursor")),
        "form": form,
    }
    return render(request, "checklists/run_list.html", context, status=422 if form else 200)


def _authorize(request: SignedInRequest) -> None:
    if not may(request.user, INSPECT):
        authorize(request.user, TICK)


def _find(request: SignedInRequest, run_id: int) -> CheckRun:
    _authorize(request)
    found: CheckRun = get_object_or_404(CheckRun.objects.visible_to(request.user).for_list(), pk=run_id)
    return found


def _form(run: CheckRun, data: QueryDict | None = None) -> TicksForm:
    return carrying_version(TicksForm(data, run=run, ticks=list(Tick.objects.of(run))), run)


def _looked_at(run: CheckRun, user: AnyUser) -> dict[str, Any]:
    """The unit, the works, … that the list is about, and where its page is: one looks at several in a morning."""
    key, _dash, pk = run.about.rpartition("-")
    kind = find_kind(key)
    thing = kind.visible_to(user).filter(pk=pk).first() if kind and pk else None
    return {"thing": thing, "thing_url": kind.url_of(thing.pk) if kind and thing else ""}


def _page(request: SignedInRequest, run: CheckRun, form: TicksForm) -> HttpResponse:
    context = {
        "run": run,
        **_looked_at(run, request.user),
        "form": form,
        "ticks": Tick.objects.of(run),
        "can_tick": not run.is_finished and may(request.user, permission_for(run.check_list)),
        "panels": panels_of("check-run", request.user),
    }
    return render(request, "checklists/run_detail.html", context, status=status_of(form))


def _lists(request: SignedInRequest, project: Project) -> list[dict[str, Any]]:
    """The lists in force, each with today's run where it is ticked once a day."""
    found = [
        one for one in CheckList.objects.visible_to(request.user).in_force(project) if may_begin(request.user, one)
    ]
    runs = CheckRun.objects.visible_to(request.user).filter(project=project, use__in=DAILY, day=timezone.localdate())
    today = {run.use: run for run in runs.select_related("check_list", "finished_by")}
    return [
        {
            "check_list": one,
            "of_a_person": one.use in OF_A_PERSON,
            "of_a_post": one.use in OF_A_POST,
            "is_daily": one.use in DAILY,
            "run": today.get(one.use),
        }
        for one in found
    ]


def _people(request: SignedInRequest, project: Project) -> Any:
    staff = serving(project.place, right=TerritoryRight.VIEW_FILES)
    return staff.exclude(user=request.user).select_related("user").order_by("user__name", "pk")
