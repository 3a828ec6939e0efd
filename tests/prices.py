"""The one way in which tests say that the customer agreed to a price (it counts where the owner pays), and who may give less."""

from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from gongying.accounts.models import User
from gongying.authority.operations import give_authority

AGREED: Final[dict[str, Any]] = {"price_agreed": True, "agreed_amount": Decimal(80)}
# The same as a program sends it.
AGREED_AS_SENT: Final[dict[str, Any]] = {"price_agreed": True, "agreed_amount": "80.00"}


def may_discount(user: User, limit: int, *, by: User) -> None:
    """In every matter up to so many yuan, from today on."""
    give_authority(
        staff=user.staff,
        subject="discount",
        limit_amount=Decimal(limit),
        per="case",
        project=None,
        starts_on=timezone.localdate(),
        by=by,
    )
