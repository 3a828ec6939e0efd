from django.urls import path

from gongying.joint_reviews.views import decisions, reviews

app_name = "joint_reviews"

urlpatterns = [
    path("joint-reviews/", reviews.index, name="review-index"),
    path("joint-reviews/new/", reviews.new, name="review-new"),
    path("joint-reviews/<int:review_id>/", reviews.show, name="review-show"),
    path("joint-reviews/<int:review_id>/edit/", reviews.edit, name="review-edit"),
    path("joint-reviews/<int:review_id>/close/", reviews.close, name="review-close"),
    path("joint-reviews/<int:review_id>/paper/", reviews.paper, name="review-paper"),
    path("joint-reviews/<int:review_id>/decisions/new/", decisions.new, name="decision-new"),
    path("joint-reviews/<int:review_id>/decisions/<int:decision_id>/effect/", decisions.effect, name="effect-new"),
    path("improvements/<int:item_id>/review/", decisions.of_improvement, name="improvement-review"),
]
