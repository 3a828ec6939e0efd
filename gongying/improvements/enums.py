from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ItemState(models.TextChoices):
    OPEN = "open", pgettext_lazy("of an improvement", "open")
    DONE = "done", _("done")
    DROPPED = "dropped", _("dropped")
