from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class HandoverState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("of a hand-over", "planned")
    ARRANGED = "arranged", pgettext_lazy("of a hand-over", "appointment made")
    INSPECTING = "inspecting", pgettext_lazy("of a hand-over", "being inspected")
    HANDED_OVER = "handed_over", pgettext_lazy("of a hand-over", "handed over")
    REFUSED = "refused", pgettext_lazy("of a hand-over", "not accepted")


class DefectState(models.TextChoices):
    OPEN = "open", pgettext_lazy("of a defect", "to be mended")
    MENDED = "mended", pgettext_lazy("of a defect", "mended, to be checked")
    CLOSED = "closed", pgettext_lazy("of a defect", "closed")
    DROPPED = "dropped", pgettext_lazy("of a defect", "dropped")


UNFINISHED_DEFECT = (DefectState.OPEN, DefectState.MENDED)


class CountedFrom(models.TextChoices):
    """The day on which a warranty begins."""

    COMPLETION = "completion", _("acceptance of the finished building")
    HANDOVER = "handover", _("hand-over to the owner")


class ThingKind(models.TextChoices):
    DOCUMENT = "document", _("document")
    KEY = "key", _("key")
