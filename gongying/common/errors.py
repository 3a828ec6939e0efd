"""The ways an operation says no."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818 "Refused" is the word that code, pages and API share
    """What was asked cannot be done now. Carries one translated sentence; shown as 409."""

    def __init__(self, sentence: str | Promise, *, current: Mapping[str, Any] | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.current = current or {}

    def __str__(self) -> str:
        return str(self.sentence)


class Stale(Refused):
    """Somebody changed the row since it was read; `current` is its present state."""

    def __init__(self, *, current: Mapping[str, Any]) -> None:
        super().__init__(
            _("Somebody else has changed this meanwhile. Look at the present state and try again."), current=current
        )


class Collided(Refused):
    """Two steps of the same moment stood in each other's way, and the database let this one go."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else changed the same at the same moment. Nothing was saved: send it again."))


# A deadlock, and what could not be put in order with what others did.
COLLISIONS: Final = ("40P01", "40001")


def refusal_in(error: BaseException) -> Refused | None:
    """What was refused, by an operation or by the database on behalf of somebody else; None: the error is our own."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") in COLLISIONS:
        return Collided()
    return None
