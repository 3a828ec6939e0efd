from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.machines import Machine, Transition
from gongying.common.places import Place
from gongying.imports.destinations import destinations
from gongying.imports.enums import ExportFormat, ExportState, FindingKind, ImportState, RowAction
from gongying.imports.importers import find_importer
from gongying.imports.listings import find_listing

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

# A job that died is started again by the worker: it finds its own state and goes on from there.
MACHINE = Machine(
    "import",
    initial=[ImportState.UPLOADED],
    transitions=[
        Transition("read_again", [ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED], ImportState.UPLOADED),
        Transition("check", [ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED], ImportState.CHECKING),
        Transition("finish_check", [ImportState.CHECKING, ImportState.APPLYING], ImportState.CHECKED),
        Transition("apply", [ImportState.CHECKED], ImportState.APPLYING),
        Transition("finish_apply", [ImportState.APPLYING, ImportState.REVERTING], ImportState.APPLIED),
        Transition("revert", [ImportState.APPLIED], ImportState.REVERTING),
        Transition("finish_revert", [ImportState.REVERTING], ImportState.REVERTED),
        Transition("fail", [ImportState.CHECKING, ImportState.APPLYING], ImportState.FAILED),
        Transition("discard", [ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED], ImportState.DISCARDED),
    ],
)


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """One's own imports, and all into projects that one serves as a whole."""
        if not isinstance(user, User):
            return self.none()
        projects = [destination.project_id for destination in destinations(user)]
        return self.filter(models.Q(by=user) | models.Q(project_id__in=projects))

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class ImportRun(models.Model):
    """One file on its way into the register: uploaded, mapped, checked, applied, perhaps reverted."""

    event_kind = "importrun"

    kind = models.CharField(_("kind"), max_length=40)
    # No foreign key: this app knows no business. The name is the project's as it was.
    project_id = models.BigIntegerField(_("project"), db_index=True)
    project_name = models.CharField(_("project"), max_length=80)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=200)
    file_digest = models.CharField(max_length=64, db_index=True)
    state = models.CharField(
        _("state"), max_length=20, choices=ImportState.choices, default=ImportState.UPLOADED, editable=False
    )
    # What was found in the file: [{"sheet", "header_rows", "rows", "left_out"}], [[column label, [some cells]]].
    sheets = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    samples = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    # [[row number, its cells in one text]] of the first sheet; the row that somebody named as the header of every sheet.
    top_rows = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    header_row = models.PositiveIntegerField(_("header row"), null=True)
    mapping = models.JSONField(default=dict, help_text=_("column label → field"))
    options = models.JSONField(default=dict)
    progress_step = models.CharField(max_length=80, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0)
    # {"rows": n, "created": {"estates.Unit": n}, "changed": {…}, "findings": {"error": n, …}}
    counts = models.JSONField(default=dict)
    failure = models.TextField(_("why it failed"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    checked_at = models.DateTimeField(_("checked at"), null=True)
    applied_at = models.DateTimeField(_("applied at"), null=True)
    reverted_at = models.DateTimeField(_("reverted at"), null=True)
    reverted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("reverted by")
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        indexes = [models.Index(fields=["-created_at", "-id"], name="import_newest")]
        triggers = MACHINE.triggers("state")

    def __str__(self) -> str:
        return self.file_name

    def get_absolute_url(self) -> str:
        return reverse("imports:import-show", args=[self.pk])

    @property
    def place(self) -> Place:
        return Place(self.project_id)

    @property
    def kind_label(self) -> str:
        importer = find_importer(self.kind)
        return str(importer.label) if importer else self.kind

    @property
    def tone(self) -> str:
        tones = {ImportState.APPLIED: "good", ImportState.FAILED: "late", ImportState.CHECKED: "soon"}
        return "here" if self.is_running else tones.get(ImportState(self.state), "")

    @property
    def is_running(self) -> bool:
        return self.state in ImportState.running()

    @property
    def percent(self) -> int:
        return min(self.progress_done * 100 // self.progress_total, 100) if self.progress_total else 0

    @property
    def error_count(self) -> int:
        return self.finding_count(FindingKind.ERROR)

    def finding_count(self, kind: str) -> int:
        return int(self.counts.get("findings", {}).get(kind, 0))

    @property
    def is_ready_to_apply(self) -> bool:
        return self.state == ImportState.CHECKED and not self.error_count and bool(self.write_count)

    @property
    def write_count(self) -> int:
        return sum(sum(self.counts.get(action, {}).values()) for action in RowAction.values)


class ImportFinding(models.Model):
    """What the check says about one row, in words, with the place in the file."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="findings", verbose_name=_("import"))
    kind = models.CharField(_("kind"), max_length=10, choices=FindingKind.choices)
    sheet = models.CharField(_("sheet"), max_length=100, blank=True)
    row = models.PositiveIntegerField(_("row"), null=True)
    column = models.CharField(_("column"), max_length=200, blank=True)
    sentence = models.CharField(_("finding"), max_length=500)

    class Meta:
        verbose_name = _("finding")
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "kind", "id"], name="import_finding_kind")]

    def __str__(self) -> str:
        return self.sentence


class CreatedRows(models.Model):
    """The rows of one model that an import created. A list of keys: an owner list makes half a million rows."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="created", verbose_name=_("import"))
    model = models.CharField(max_length=60)
    keys = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("created rows")
        constraints = [models.UniqueConstraint(fields=["run", "model"], name="created_rows_once")]

    def __str__(self) -> str:
        return f"{self.model} × {len(self.keys)}"


class ChangedRow(models.Model):
    """A row that an import changed, with the values before and after."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="changes", verbose_name=_("import"))
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    after = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("changed row")
        indexes = [models.Index(fields=["run", "model", "object_id"], name="imported_row_of_run")]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"


class ExportQuerySet(models.QuerySet["Export"]):
    def visible_to(self, user: "AbstractBaseUser | AnonymousUser") -> Self:
        """One's own: a file holds what its maker may see, and nobody else."""
        return self.filter(by=user.pk)


class Export(models.Model):
    """A list on its way into a file that its maker fetches."""

    listing = models.CharField(_("list"), max_length=60)
    query = models.TextField(_("filters"), blank=True)
    format = models.CharField(_("format"), max_length=5, choices=ExportFormat.choices)
    state = models.CharField(_("state"), max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    file = models.FileField(_("file"), upload_to="exports/%Y/%m/", blank=True)
    rows_done = models.PositiveIntegerField(_("rows"), default=0)
    rows_total = models.PositiveIntegerField(default=0)
    failure = models.TextField(_("why it failed"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        indexes = [models.Index(fields=["by", "-created_at"], name="export_of_user")]

    def __str__(self) -> str:
        return self.listing

    def get_absolute_url(self) -> str:
        return reverse("imports:export-show", args=[self.pk])

    @property
    def title(self) -> str:
        listing = find_listing(self.listing)
        return str(listing.label) if listing else self.listing

    @property
    def is_running(self) -> bool:
        return self.state in (ExportState.WAITING, ExportState.RUNNING)

    @property
    def percent(self) -> int:
        return min(self.rows_done * 100 // self.rows_total, 100) if self.rows_total else 0


def model_label(model: type[models.Model] | models.Model) -> str:
    return model._meta.label
