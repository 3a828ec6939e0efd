"""A longer permit that was asked for and not given."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import append_only
from gongying.fitouts.models.files import LONGEST_NAME, LONGEST_REASON, FitOut


class RefusedExtension(models.Model):
    """Who asked for it, when and until when; who refused it and why."""

    fit_out = models.ForeignKey(
        FitOut, models.PROTECT, related_name="refused_extensions", verbose_name=pgettext_lazy("of a unit", "fit-out")
    )
    asked_by = models.CharField(pgettext_lazy("an extension", "asked for by"), max_length=LONGEST_NAME)
    asked_on = models.DateField(pgettext_lazy("an extension", "asked for on"))
    valid_until = models.DateField(pgettext_lazy("an extension", "asked for until"))
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("refused extension of a permit")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(asked_by="") & ~Q(reason=""), name="refused_extension_says_who_and_why")
        ]
        triggers = append_only("refused_extension")

    def __str__(self) -> str:
        return f"{self.fit_out} {self.valid_until:%Y-%m-%d}"
