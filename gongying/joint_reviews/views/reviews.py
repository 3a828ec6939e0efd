"""Joint reviews: planned, prepared by their figures, closed with minutes (R-139)."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.estates.models import Project
from gongying.estates.scopes import projects_served_whole
from gongying.joint_reviews.enums import Figure
from gongying.joint_reviews.figures import earlier_decisions, figures_of, waiting_in
from gongying.joint_reviews.forms import CloseForm, ReviewForm
from gongying.joint_reviews.models import JointReview
from gongying.joint_reviews.operations import change_review, close_review, plan_review
from gongying.joint_reviews.rules import HOLD, authorize_holding, may_hold


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Those that are to be held, the next one first; what was decided in closed ones on demand."""
    reviews = JointReview.objects.visible_to(request.user)
    chosen = request.GET.get("list", "")
    rows = {"due": reviews.due().led_by(request.user), "closed": reviews.closed()}.get(chosen, reviews.open())
    order = ("-due_on", "-id") if chosen == "closed" else ("due_on", "id")
    context = {
        "page": paginate(rows.select_related("project", "leader"), order=order, cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "chosen": chosen,
        "may_plan": may(request.user, HOLD) and projects_served_whole(request.user).exists(),
    }
    return render(request, "joint_reviews/review_list.html", context)


@require_safe
def show(request: SignedInRequest, review_id: int) -> HttpResponse:
    review = find_review(request, review_id)
    context = _told(review)
    context |= {"may_hold": may_hold(request.user, review), "waiting": waiting_in(review, user=request.user)}
    return render(request, "joint_reviews/review_show.html", context)


@require_safe
def paper(request: SignedInRequest, review_id: int) -> HttpResponse:
    """The minutes on paper, for those who sign them."""
    review = find_review(request, review_id)
    context = _told(review) | {"paper": "a4", "back": reverse("joint_reviews:review-show", args=[review_id])}
    return render(request, "joint_reviews/review_paper.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, HOLD)
    project = _project(request)
    form = ReviewForm(sent_with(request), project=project, user=request.user)
    if form.is_valid():
        authorize(request.user, HOLD, form.cleaned_data["project"])
        review = plan_review(form.planned(), by=request.user, colleagues=form.colleague_users)
        tell(request, _("The review is planned."))
        return done(request, reverse("joint_reviews:review-show", args=[review.pk]))
    back = reverse("joint_reviews:review-index")
    return show_form(request, form, title=_("New joint review"), submit=_("Plan it"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, review_id: int) -> HttpResponse:
    review = find_review(request, review_id)
    authorize_holding(request.user, review)
    form = _form_of(request, review, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, find_review(request, review_id))):
            seen = take_version(form)
            change_review(form.planned(), by=request.user, colleagues=form.colleague_users, seen=seen)
            tell(request, _("Saved."))
            return done(request, _address(review_id))
    return show_form(request, form, title=_("Joint review"), submit=_("Save"), back=_address(review_id))


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: SignedInRequest, review_id: int) -> HttpResponse:
    review = find_review(request, review_id)
    authorize_holding(request.user, review)
    form = carrying_version(CloseForm(sent_with(request)), review)
    if form.is_valid():
        with stale_told(form, stored=lambda: carrying_version(CloseForm(), find_review(request, review_id))):
            seen = take_version(form)
            close_review(review, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("The review is closed; its minutes and figures stay."))
            return done(request, _address(review_id))
    title = _("Close the review")
    return show_form(request, form, title=title, submit=title, back=_address(review_id), note=str(review))


def find_review(request: SignedInRequest, review_id: int) -> JointReview:
    rows: Any = JointReview.objects.visible_to(request.user)
    rows = rows.select_related("project", "leader", "closed_by")
    found: JointReview = get_object_or_404(rows, pk=review_id)
    return found


def _told(review: JointReview) -> dict[str, Any]:
    """What the page and the paper have in common."""
    now, before = figures_of(review), (review.previous.figures or {}) if review.previous else {}
    return {
        "review": review,
        "figures": [(figure.label, now.get(figure), before.get(figure)) for figure in Figure],
        "has_before": bool(before),
        "decisions": review.decisions.select_related("item__owner"),
        "earlier": earlier_decisions(review),
        "colleagues": review.colleagues.order_by("name", "pk"),
    }


def _form_of(request: SignedInRequest, review: JointReview, data: Any = None) -> ReviewForm:
    return carrying_version(ReviewForm(data, project=review.project, user=request.user, instance=review), review)


def _project(request: SignedInRequest) -> Project:
    """The one that was chosen, else the first of those one serves as a whole."""
    rows = projects_served_whole(request.user)
    asked = id_in(request.POST.get("project") or request.GET.get("project", ""))
    found = (rows.filter(pk=asked).first() if asked else None) or rows.first()
    if found is None:
        raise Http404
    return found


def _address(review_id: int) -> str:
    return reverse("joint_reviews:review-show", args=[review_id])
