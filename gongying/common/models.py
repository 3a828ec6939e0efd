from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Self, TypeVar

from django.contrib.postgres.fields import DateRangeField
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.errors import Refused, Stale

M = TypeVar("M", bound=models.Model)

DELETED = _("Somebody else has deleted this meanwhile.")


def still_there(rows: models.QuerySet[M], pk: int) -> M:
    """One of `rows`, which are usually locked; refused where somebody has deleted it since it was read."""
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Refused(DELETED)
    return found


class Versioned(models.Model):
    """A row that several people may edit: `version` grows with every edit, a stale edit is refused."""

    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        abstract = True

    def advance_version(self, *, seen: int | None) -> None:
        """Claim the next version. Raise `Stale` if the row is not at `seen` any more (None: do not compare)."""
        rows = type(self)._default_manager.filter(pk=self.pk)
        if seen is not None:
            rows = rows.filter(version=seen)
        if not rows.update(version=models.F("version") + 1):
            self._refuse_if_gone()
            raise Stale(current=self.present_state())
        self.refresh_from_db(fields=["version"])

    def _refuse_if_gone(self) -> None:
        try:
            self.refresh_from_db()
        except type(self).DoesNotExist as error:
            raise Refused(DELETED) from error

    def check_version(self, *, seen: int | None) -> None:
        """For a row that is locked already: raise `Stale` if it is not at `seen` (None: do not compare)."""
        if seen is not None and seen != self.version:
            raise Stale(current=self.present_state())

    def present_state(self) -> dict[str, Any]:
        """What a caller with a stale version needs in order to decide again."""
        return {"id": self.pk, "version": self.version}


def tell_related(row: models.Model, **known: Iterable[models.Model]) -> None:
    """Let relations of a row that was just written give what is known to hang on it, as `prefetch_related` would."""
    for name, rows in known.items():
        found = getattr(row, name).all()
        found._result_cache, found._prefetch_done = list(rows), True
        row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = found


class DatedQuerySet(models.QuerySet[Any]):
    def on(self, day: Any) -> Self:
        """Rows in force on that day (a date; default elsewhere: today in Shanghai)."""
        return self.filter(during__contains=day)

    def current(self) -> Self:
        return self.on(timezone.localdate())

    def lasting(self) -> Self:
        """Rows that are not over: in force today, or not begun yet."""
        return self.exclude(during__fully_lt=(timezone.localdate(), None))

    def ended(self) -> Self:
        return self.filter(during__fully_lt=(timezone.localdate(), None))


class Dated(models.Model):
    """A fact that holds for a time: `during` is [first day, first day no more); "now" is a query, history stays."""

    during = DateRangeField(_("period"))

    class Meta:
        abstract = True

    @property
    def starts_on(self) -> Any:
        return self._bounds[0]

    @property
    def ends_on(self) -> Any:
        """The first day on which it does not hold any more; None: open."""
        return self._bounds[1]

    @property
    def last_day(self) -> date | None:
        """As people write a period: up to and including this day; None: open."""
        return self.ends_on - timedelta(days=1) if self.ends_on else None

    @property
    def is_current(self) -> bool:
        return self.holds_on(timezone.localdate())

    def holds_on(self, day: Any) -> bool:
        start, end = self._bounds
        return (start is None or start <= day) and (end is None or day < end)

    @property
    def _bounds(self) -> tuple[Any, Any]:
        """A row that was just created still has the pair it was created with."""
        return self.during if isinstance(self.during, tuple) else (self.during.lower, self.during.upper)


class NumberSequence(models.Model):
    """The last business number given out per series, e.g. `YG-BX26`. Gaps are allowed, repeats are not."""

    series = models.CharField(max_length=40, primary_key=True)
    last = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("number sequence")

    def __str__(self) -> str:
        return f"{self.series}-{self.last:06d}"

    @classmethod
    def take(cls, series: str) -> str:
        """The next number of the series, e.g. `YG-BX26-000123`; safe under concurrency."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO common_numbersequence (series, last) VALUES (%s, 1)"
                " ON CONFLICT (series) DO UPDATE SET last = common_numbersequence.last + 1 RETURNING last",
                [series],
            )
            (last,) = cursor.fetchone()
        return f"{series}-{last:06d}"


class Edition(models.Model):
    """One row: which edition of the company's set-up holds now (`editions`)."""

    token = models.UUIDField()

    class Meta:
        verbose_name = _("edition of the set-up")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="edition_is_one_row")]

    def __str__(self) -> str:
        return str(self.token)


class Backup(models.Model):
    """A backup that was made: for the status page, which tells the administrator how old the last one is."""

    at = models.DateTimeField(_("at"))
    name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    files = models.PositiveIntegerField(_("files"))
    seconds = models.FloatField(_("seconds"))
    is_sealed = models.BooleanField(_("encrypted"))

    class Meta:
        verbose_name = _("backup")
        get_latest_by = "at"

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a part of the system last said that it is alive, and what it told of itself."""

    name = models.CharField(_("name"), max_length=100, primary_key=True)
    at = models.DateTimeField(_("at"))
    figures = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("sign of life")

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str, **figures: int) -> None:
        row = cls(name=name, at=timezone.now(), figures=figures)
        rows = cls._default_manager
        rows.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=["at", "figures"])


class Trouble(models.Model):
    """Something that was out of order: since when, and until when. The administrator is told once of each."""

    key = models.CharField(_("what"), max_length=30)
    since = models.DateTimeField(_("since"), default=timezone.now)
    until = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("trouble")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=models.Q(until=None), name="trouble_open_once")
        ]

    def __str__(self) -> str:
        return self.key
