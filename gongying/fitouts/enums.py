from django.db import models
from django.utils.translation import pgettext_lazy


class FitOutState(models.TextChoices):
    APPLIED = "applied", pgettext_lazy("of a fit-out", "applied for")
    PERMITTED = "permitted", pgettext_lazy("of a fit-out", "permitted")
    ACCEPTED = "accepted", pgettext_lazy("of a fit-out", "accepted")
    REFUSED = "refused", pgettext_lazy("of a fit-out", "not permitted")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a fit-out", "withdrawn")


OPEN_STATES = (FitOutState.APPLIED, FitOutState.PERMITTED)
