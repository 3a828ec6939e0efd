from django.db import models
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    UPLOADED = "uploaded", _("uploaded")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked")
    APPLYING = "applying", _("being applied")
    APPLIED = "applied", _("applied")
    REVERTING = "reverting", _("being reverted")
    REVERTED = "reverted", _("reverted")
    FAILED = "failed", _("failed")
    DISCARDED = "discarded", _("discarded")

    @classmethod
    def running(cls) -> tuple["ImportState", ...]:
        return (cls.CHECKING, cls.APPLYING, cls.REVERTING)


class FindingKind(models.TextChoices):
    """What the check says about a row. Only errors keep an import from being applied."""

    ERROR = "error", _("error")
    DUPLICATE = "duplicate", _("possible duplicate")
    SKIPPED = "skipped", _("skipped")
    CHANGED = "changed", _("changed")
    CREATED = "created", _("created")


class RowAction(models.TextChoices):
    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")


class ExportState(models.TextChoices):
    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("running")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")


class ExportFormat(models.TextChoices):
    XLSX = "xlsx", _("Excel")
    CSV = "csv", _("CSV")
