from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JointReviewsConfig(AppConfig):
    name = "gongying.joint_reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.joint_reviews import presentation
        from gongying.joint_reviews.models import JointReview
        from gongying.joint_reviews.operations import pass_on_review
        from gongying.joint_reviews.rules import HOLD, VIEW
        from gongying.notifications.digests import Part, register_part
        from gongying.organization.matters import Matters, register_matters

        presentation.register()
        register_kind(Kind(JointReview, "joint_reviews:review-show", stays_in_place=True, is_short=True))
        register_panel(
            Panel(
                place="improvement",
                key="review",
                label=_("joint review"),
                url_name="joint_reviews:improvement-review",
                permissions=(VIEW, HOLD),
            )
        )
        register_matters(
            "joint-reviews",
            Matters(
                _("joint reviews"),
                of=lambda person, seen_by: JointReview.objects.visible_to(seen_by).open().led_by(person),
                pass_on=pass_on_review,
                url_name="joint_reviews:review-show",
            ),
        )
        register_part(
            Part(
                "joint-reviews",
                _("Joint reviews due"),
                count=lambda user: JointReview.objects.led_by(user).due().count(),
                url_name="joint_reviews:review-index",
                query="list=due",
                order=55,
            )
        )
        register(
            Entry(
                "joint_reviews:review-index",
                _("Joint reviews"),
                "gavel",
                (VIEW, HOLD),
                order=61,
                under="reports:figure-index",
            )
        )
