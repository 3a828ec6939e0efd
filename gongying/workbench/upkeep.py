"""What must be in order for the system to work, each in plain words, with what to do when it is not."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import django
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from gongying.common.standing import Standing, present_standing
from gongying.common.templatetags.formats import span
from gongying.schedule.calendars import missing_year

LONGEST_WAIT: Final = timedelta(minutes=10)
LONGEST_SWEEP: Final = timedelta(minutes=5)
LONGEST_SILENCE: Final = timedelta(minutes=2)
# Of a new installation not everything has shown itself yet.
SETTLING: Final = timedelta(minutes=10)
MOST_APART: Final = timedelta(minutes=1)
LEAST_ROOM_BYTES: Final = 2 * 2**30
LEAST_ROOM_SHARE: Final = 0.05
MOST_TASKS: Final = 5

LABELS: Final[dict[str, str | Promise]] = {
    "worker": _("Job process"),
    "jobs": _("Jobs that wait"),
    "failed": _("Jobs that failed within a day"),
    "sweep": _("Watch over due times"),
    "clocks": _("Clocks of the programs and of the database"),
    "push": _("Live updates of open pages"),
    "backup": _("Last backup"),
    "calendar": _("Working-day calendar"),
    "disk": _("Room on the disk"),
}
ADVICE: Final[dict[str, str | Promise]] = {
    "worker": _("Imports, exports and reminders stand still. Start the worker, or look into its log for why it ends."),
    "jobs": _(
        "The worker does not keep up, or stands still. Look into its log; start a second one if it works all the time."
    ),
    "failed": _(
        "The log of the worker names each with its reason. What people asked for (an export, an import) is to be asked for again."
    ),
    "sweep": _("Nobody is warned of due times. Look whether the worker runs, and into its log."),
    "clocks": _(
        "Due times are told late, and times of entries are wrong. Let both machines set their clocks by the network (NTP)."
    ),
    "push": _(
        "Open pages do not update by themselves: people have to reload. Start the push process, or look into its log."
    ),
    "backup": _("Run bin/backup, and let it run every night (docs/operations.md)."),
    "calendar": _("Times of that year are computed with weekends only. Enter or import its holidays."),
    "disk": _("When it is full, nothing can be saved any more. Remove old backups and logs, or give it a larger disk."),
}


@dataclass(frozen=True)
class Check:
    key: str
    value: str | Promise
    is_wrong: bool

    @property
    def label(self) -> str | Promise:
        return LABELS[self.key]

    @property
    def advice(self) -> str | Promise:
        return ADVICE[self.key] if self.is_wrong else ""


def checks(now: Standing | None = None) -> list[Check]:
    return list(_checks(now or present_standing()))


def _checks(now: Standing) -> Iterator[Check]:
    is_settled = now.since is not None and now.at - now.since > SETTLING
    yield Check("worker", _seen(now, now.worker_at), _is_silent(now, now.worker_at, LONGEST_SILENCE, is_settled))
    yield Check("jobs", _waiting(now), now.oldest_wait > LONGEST_WAIT)
    yield Check("failed", _failed(now), bool(now.failed_jobs))
    yield Check("sweep", _seen(now, now.sweep_at), _is_silent(now, now.sweep_at, LONGEST_SWEEP, is_settled))
    agree = now.apart < MOST_APART
    yield Check("clocks", _("agree") if agree else _("%(span)s apart") % {"span": span(now.apart)}, not agree)
    yield Check("push", _pushing(now), _is_silent(now, now.push_at, LONGEST_SILENCE, is_settled))
    yield Check("backup", _backed_up(now), _is_backup_old(now))
    year = missing_year()
    yield Check("calendar", _("%(year)s is missing") % {"year": year} if year else _("complete"), year is not None)
    room = _("%(free)s of %(total)s free") % {
        "free": filesizeformat(now.disk_free),
        "total": filesizeformat(now.disk_total),
    }
    yield Check("disk", room, now.disk_free < max(LEAST_ROOM_BYTES, LEAST_ROOM_SHARE * now.disk_total))


def versions(now: Standing) -> list[tuple[str | Promise, str]]:
    return [
        (_("Gongying"), settings.VERSION),
        (_("PostgreSQL"), now.postgres),
        (_("Django"), django.get_version()),
        (_("Python"), platform.python_version()),
        (_("Size of the database"), filesizeformat(now.database_bytes)),
    ]


def _is_silent(now: Standing, at: datetime | None, longest: timedelta, is_settled: bool) -> bool:  # noqa: FBT001
    return is_settled if at is None else now.at - at > longest


def _seen(now: Standing, at: datetime | None) -> str | Promise:
    return _("seen %(span)s ago") % {"span": span(now.at - at)} if at else _("never seen")


def _waiting(now: Standing) -> str | Promise:
    if not now.jobs_waiting:
        return _("none")
    return _("%(number)s, the oldest for %(span)s") % {"number": now.jobs_waiting, "span": span(now.oldest_wait)}


def _failed(now: Standing) -> str | Promise:
    if not now.failed_jobs:
        return _("none")
    named = [f"{task.rpartition('.')[2]} × {number}" for task, number in list(now.failed_jobs.items())[:MOST_TASKS]]
    return f"{sum(now.failed_jobs.values())}: {', '.join(named)}"


def _pushing(now: Standing) -> str | Promise:
    if now.push_at is None or now.at - now.push_at > LONGEST_SILENCE:
        return _seen(now, now.push_at)
    return ngettext("%(number)s browser", "%(number)s browsers", now.push_clients) % {"number": now.push_clients}


def _backed_up(now: Standing) -> str | Promise:
    if now.backup is None or now.backup_age is None:
        return _("never")
    sealed = _("encrypted") if now.backup.is_sealed else _("not encrypted")
    values = {"span": span(now.backup_age), "size": filesizeformat(now.backup.size), "sealed": sealed}
    return _("%(span)s ago, %(size)s, %(sealed)s") % values


def _is_backup_old(now: Standing) -> bool:
    """One that was set up yesterday has none yet."""
    longest = timedelta(days=settings.BACKUP_DAYS)
    age = now.backup_age or (now.at - now.since if now.since else timedelta())
    return bool(longest) and age > longest
