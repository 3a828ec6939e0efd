from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Subject(models.TextChoices):
    """What somebody may decide about alone, up to an amount."""

    GOODWILL = "goodwill", _("goodwill")
    COMPENSATION = "compensation", _("compensation")
    WAIVER = "waiver", _("waiver of a fee")
    DISCOUNT = "discount", _("discount")
    OVERTIME = "overtime", _("overtime")


class Per(models.TextChoices):
    """What the limit is the limit of."""

    CASE = "case", _("per case")
    MONTH = "month", _("per person and month")


class ApprovalState(models.TextChoices):
    ASKED = "asked", _("waiting for a decision")
    GRANTED = "granted", _("agreed to")
    REFUSED = "refused", _("not agreed to")
    WITHDRAWN = "withdrawn", pgettext_lazy("of an approval", "withdrawn")
