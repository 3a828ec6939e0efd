"""Who looks at the contacts of a period together."""

from typing import Final

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.joint_reviews.models import JointReview

VIEW: Final = "joint_reviews.view_reviews"
HOLD: Final = "joint_reviews.hold_reviews"

PERMISSIONS = {
    VIEW: _("see all joint reviews of the own projects"),
    HOLD: _("plan joint reviews, and write down what they find and decide"),
}


def may_hold(user: User, review: JointReview) -> bool:
    """Who leads it, and whoever has the permission for it."""
    return not review.is_closed and (review.leader_id == user.pk or may(user, HOLD, review))


def authorize_holding(user: User, review: JointReview) -> None:
    """Raise `PermissionDenied` (403) unless the user leads it or may hold reviews."""
    if review.leader_id != user.pk and not may(user, HOLD, review):
        raise PermissionDenied(_("Your role does not allow this."))
