from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.TextChoices):
    """What is counted of a period, and what a decision is to move."""

    CONTACTS = "contacts", _("contacts")
    UNANSWERED = "unanswered", _("contacts not answered")
    REPEATS = "repeats", _("asked again about the same matter")
    SETTLED = "settled", _("settled at the first contact")
    PROMISES_KEPT = "promises_kept", _("promises kept in time")
    PROMISES_BROKEN = "promises_broken", _("promises not kept in time")
    PLANS_KEPT = "plans_kept", _("contact plans kept")
    PLANS_OVERDUE = "plans_overdue", _("contact plans overdue")
    COMPLAINTS = "complaints", _("complaints")
    COMPLAINTS_OPEN = "complaints_open", _("complaints not closed")


# Of these more is better; of the others less. How many contacts there are is neither.
MORE_IS_BETTER = (Figure.SETTLED, Figure.PROMISES_KEPT, Figure.PLANS_KEPT)
LESS_IS_BETTER = (
    Figure.UNANSWERED,
    Figure.REPEATS,
    Figure.PROMISES_BROKEN,
    Figure.PLANS_OVERDUE,
    Figure.COMPLAINTS,
    Figure.COMPLAINTS_OPEN,
)
