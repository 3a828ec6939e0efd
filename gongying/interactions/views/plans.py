"""Counterparts: whom the project speaks with regularly, when next, how one prepares, and what one says (R-092, R-122 to R-137)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.interactions.forms import GuideForm, PlanForm, TalkForm
from gongying.interactions.method_cards import card_for
from gongying.interactions.models import ContactPlan, CounterpartGuide, Interaction
from gongying.interactions.operations import change_guide, end_plan, plan_talk, save_plan, tick_step
from gongying.interactions.rules import LOG, MANAGE_GUIDES, PLAN, VIEW

LAST_TALKS = 10


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Who is to be spoken with, the longest overdue first."""
    authorize(request.user, VIEW)
    rows = ContactPlan.objects.visible_to(request.user).in_force().with_due()
    is_mine = request.GET.get("whose") == "mine"
    rows = rows.filter(owner=request.user) if is_mine else rows
    page = paginate(
        rows.select_related("project", "party", "owner"), order=("due_on", "id"), cursor=request.GET.get("cursor")
    )
    context = {
        "page": page,
        "today": timezone.localdate(),
        "is_mine": is_mine,
        "can_plan": may(request.user, PLAN),
        "guides": CounterpartGuide.objects.visible_to(request.user),
        "can_guide": may(request.user, MANAGE_GUIDES),
    }
    return render(request, "interactions/plan_list.html", context)


@require_safe
def show(request: SignedInRequest, plan_id: int) -> HttpResponse:
    plan = _find(request, plan_id)
    authorize(request.user, VIEW)
    guide = CounterpartGuide.objects.visible_to(request.user).filter(kind=plan.kind).first()
    ticked = {tick.step: tick for tick in plan.ticks.filter(interaction=None).select_related("by")}
    talks = Interaction.objects.visible_to(request.user).filter(project=plan.project, counterpart=plan.kind)
    talks = talks.filter(party=plan.party) if plan.party else talks
    context = {
        "plan": plan,
        "guide": guide,
        "steps": [(step, ticked.get(step)) for step in (guide.steps if guide else [])],
        "planned": plan.talks.filter(interaction=None).first(),
        "talks": talks.select_related("planned_talk").order_by("-occurred_at", "-id")[:LAST_TALKS],
        "today": timezone.localdate(),
        "can_plan": may(request.user, PLAN, plan),
        "can_log": may(request.user, "interactions.log_interaction"),
    }
    return render(request, "interactions/plan_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, PLAN)
    project = _project(request)
    plan = ContactPlan(project=project)
    form = PlanForm(sent_with(request), project=project, user=request.user, instance=plan)
    if form.is_valid():
        save_plan(form.save(commit=False), by=request.user)
        tell(request, _("Saved."))
        return done(request, reverse("interactions:plan-index"))
    return _show_form(request, form, title=_("New contact plan of %(project)s") % {"project": project})


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, plan_id: int) -> HttpResponse:
    plan = _find(request, plan_id)
    authorize(request.user, PLAN, plan)
    form = _form_of(request, plan, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, _find(request, plan_id))):
            seen = take_version(form)
            save_plan(form.save(commit=False), by=request.user, seen=seen)
            tell(request, _("Saved."))
            return done(request, reverse("interactions:plan-show", args=[plan_id]))
    return _show_form(request, form, title=_("Contact plan"))


@require_POST
def end(request: SignedInRequest, plan_id: int) -> HttpResponse:
    plan = _find(request, plan_id)
    authorize(request.user, PLAN, plan)
    end_plan(plan, by=request.user)
    tell(request, _("The plan has ended."))
    return redirect("interactions:plan-index")


@require_POST
def tick(request: SignedInRequest, plan_id: int) -> HttpResponse:
    plan = _find(request, plan_id)
    authorize(request.user, "interactions.log_interaction", plan)
    tick_step(plan, request.POST.get("step", ""), is_done=request.POST.get("done") == "1", by=request.user)
    return redirect("interactions:plan-show", plan_id)


@require_http_methods(["GET", "HEAD", "POST"])
def talk(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """How the next talk is to go."""
    plan = _find(request, plan_id)
    authorize(request.user, LOG, plan)
    form = _talk_form(request, plan, sent_with(request))
    back = reverse("interactions:plan-show", args=[plan_id])
    if form.is_valid():
        plan_talk(plan, by=request.user, **form.cleaned_data)
        tell(request, _("Saved."))
        return done(request, back)
    title = _("Next talk with %(counterpart)s") % {"counterpart": plan}
    return show_form(request, form, title=title, submit=_("Save"), back=back, plan=plan)


@require_safe
def card(request: SignedInRequest, plan_id: int) -> HttpResponse:
    """The way that fits what is chosen so far: a fragment of the form."""
    plan = _find(request, plan_id)
    authorize(request.user, LOG, plan)
    asked = _talk_form(request, plan, request.GET).asked
    found = card_for(kind=plan.kind, **asked) if asked["purpose"] and asked["place_kind"] else None
    return render(request, "interactions/_method_card.html", {"card": found})


def _talk_form(request: SignedInRequest, plan: ContactPlan, data: Any) -> TalkForm:
    guide = CounterpartGuide.objects.visible_to(request.user).filter(kind=plan.kind).first()
    planned = plan.talks.filter(interaction=None).first()
    return TalkForm(data, plan=plan, topics=guide.topic_list if guide else [], instance=planned)


@require_http_methods(["GET", "HEAD", "POST"])
def guide(request: SignedInRequest, guide_id: int) -> HttpResponse:
    authorize(request.user, MANAGE_GUIDES)
    form = _guide_form(request, guide_id, sent_with(request))
    back = reverse("interactions:plan-index")
    title = str(form.instance)
    if form.is_valid():
        with stale_told(form, stored=lambda: _guide_form(request, guide_id)):
            seen = take_version(form)
            change_guide(form.save(commit=False), by=request.user, seen=seen)
            tell(request, _("Saved."))
            return done(request, back)
    return show_form(request, form, title=title, submit=_("Save"), back=back)


def _guide_form(request: SignedInRequest, guide_id: int, data: Any = None) -> GuideForm:
    found = get_object_or_404(CounterpartGuide.objects.visible_to(request.user), pk=guide_id)
    return carrying_version(GuideForm(data, instance=found), found)


def _form_of(request: SignedInRequest, plan: ContactPlan, data: Any = None) -> PlanForm:
    form = PlanForm(data, project=plan.project, user=request.user, instance=plan)
    return carrying_version(form, plan)


def _find(request: SignedInRequest, plan_id: int) -> ContactPlan:
    rows: Any = ContactPlan.objects.visible_to(request.user).with_due().select_related("project", "party", "owner")
    found: ContactPlan = get_object_or_404(rows, pk=plan_id)
    return found


def _project(request: SignedInRequest) -> Project:
    rows = Project.objects.visible_to(request.user).order_by("code")
    asked = id_in(request.GET.get("project", ""))
    found = (rows.filter(pk=asked).first() if asked else None) or rows.first()
    if found is None:
        raise Http404
    return found


def _show_form(request: SignedInRequest, form: PlanForm, *, title: str) -> HttpResponse:
    return show_form(request, form, title=title, submit=_("Save"), back=reverse("interactions:plan-index"))
