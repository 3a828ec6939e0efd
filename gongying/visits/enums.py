from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class VisitState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("of a home visit", "planned")
    CONFIRMED = "confirmed", pgettext_lazy("of a home visit", "confirmed")
    MET = "met", pgettext_lazy("of a home visit", "met")
    NOT_HOME = "not_home", pgettext_lazy("of a home visit", "nobody home")
    RECORDED = "recorded", pgettext_lazy("of a home visit", "recorded")
    CLOSED = "closed", pgettext_lazy("of a home visit", "closed")
    CANCELLED = "cancelled", pgettext_lazy("of a home visit", "cancelled")


# Somebody still has to go there, or to write down what was said.
OPEN_STATES = (VisitState.PLANNED, VisitState.CONFIRMED, VisitState.NOT_HOME, VisitState.MET)
TO_GO = (VisitState.PLANNED, VisitState.CONFIRMED)
VISITED = (VisitState.MET, VisitState.RECORDED, VisitState.CLOSED)


class VisitReason(models.TextChoices):
    ROUTINE = "routine", pgettext_lazy("of a home visit", "regular visit")
    WELCOME = "welcome", pgettext_lazy("of a home visit", "newly moved in")
    CARE = "care", pgettext_lazy("of a home visit", "care")
    FOLLOW_UP = "follow_up", pgettext_lazy("of a home visit", "after a matter")
    OTHER = "other", _("other")
