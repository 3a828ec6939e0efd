from django.db import models
from django.utils.translation import gettext_lazy as _


class BriefingDirection(models.TextChoices):
    DOWN = "down", _("notice to staff")
    UP = "up", _("report upwards")
