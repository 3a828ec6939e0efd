"""What a review decides, and whether what was decided before has helped (R-141)."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.improvements.models import ImprovementItem
from gongying.improvements.rules import people_at
from gongying.joint_reviews.forms import DecisionForm, EffectForm
from gongying.joint_reviews.models import ReviewDecision
from gongying.joint_reviews.operations import decide, judge_effect
from gongying.joint_reviews.rules import authorize_holding
from gongying.joint_reviews.views.reviews import find_review


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, review_id: int) -> HttpResponse:
    review = find_review(request, review_id)
    authorize_holding(request.user, review)
    form = DecisionForm(sent_with(request), people=people_at(review))
    back = reverse("joint_reviews:review-show", args=[review_id])
    if form.is_valid():
        decide(review, by=request.user, **form.cleaned_data)
        tell(request, _("Decided; whoever is in charge is told."))
        return done(request, back)
    return show_form(request, form, title=_("New decision"), submit=_("Decide"), back=back, note=str(review))


@require_http_methods(["GET", "HEAD", "POST"])
def effect(request: SignedInRequest, review_id: int, decision_id: int) -> HttpResponse:
    review = find_review(request, review_id)
    authorize_holding(request.user, review)
    rows = ReviewDecision.objects.visible_to(request.user).select_related("item")
    decision = get_object_or_404(rows, pk=decision_id)
    form = EffectForm(sent_with(request))
    back = reverse("joint_reviews:review-show", args=[review_id])
    if form.is_valid():
        judge_effect(decision, review=review, by=request.user, **form.cleaned_data)
        tell(request, _("Saved."))
        return done(request, back)
    return show_form(request, form, title=_("Has it helped?"), submit=_("Save"), back=back, note=decision.item.title)


@require_safe
def of_improvement(request: SignedInRequest, item_id: int) -> HttpResponse:
    """Beside an improvement: the review that decided on it."""
    item = get_object_or_404(ImprovementItem.objects.visible_to(request.user), pk=item_id)
    rows = ReviewDecision.objects.visible_to(request.user).select_related("review__project")
    return render(request, "joint_reviews/_of_improvement.html", {"decision": rows.filter(item=item).first()})
