from django.db import models
from django.utils.translation import pgettext_lazy


class TicketState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("of a visitor", "waiting")
    ATTENDING = "attending", pgettext_lazy("of a visitor", "being received")
    PARKED = "parked", pgettext_lazy("of a visitor", "parked")
    DONE = "done", pgettext_lazy("of a visitor", "done")
    LEFT_UNSEEN = "left_unseen", pgettext_lazy("of a visitor", "left")


OPEN_STATES = (TicketState.WAITING, TicketState.ATTENDING, TicketState.PARKED)


class Outcome(models.TextChoices):
    """What came of a visit, as one chip; each is an answer of the touch that it becomes."""

    EXPLAINED = "explained", pgettext_lazy("of a visit", "answered")
    REQUEST = "request", pgettext_lazy("of a visit", "request registered")
    APPOINTMENT = "appointment", pgettext_lazy("of a visit", "told later")
