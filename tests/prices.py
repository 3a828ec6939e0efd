"""The one way in which tests say that the customer agreed to a price: it counts where the owner pays."""

from decimal import Decimal
from typing import Any, Final

AGREED: Final[dict[str, Any]] = {"price_agreed": True, "agreed_amount": Decimal(80)}
# The same as a program sends it.
AGREED_AS_SENT: Final[dict[str, Any]] = {"price_agreed": True, "agreed_amount": "80.00"}
