"""What lies open at the front desk of a project: the system fills the hand-over of a shift with it (E-040)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.custody.models import KeyLoan, ReleasePass
from gongying.estates.models import Project
from gongying.events.models import kind_of
from gongying.events.subjects import find_kind
from gongying.interactions.models import Promise
from gongying.reception.models import ReceptionTicket, ShiftHandover
from gongying.servicedesk.models import PublicFault, ServiceRequest

# Whoever has more of one kind than that reads the list itself.
MOST_NAMED = 20
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Source:
    """One kind of open matter: its rows, how each reads, and what makes it late."""

    label: str | LazyText
    rows: Callable[[Project, User], Any]
    title: Callable[[Any], str]
    is_late: Callable[[Any], bool] = lambda _row: False
    subject: Callable[[Any], Any] = lambda row: row


@dataclass(frozen=True)
class Entry:
    title: str
    url: str
    is_late: bool


@dataclass(frozen=True)
class Part:
    label: str | LazyText
    number: int
    entries: Sequence[Entry]


def gather(project: Project, *, by: User) -> list[dict[str, Any]]:
    """As it is kept with a hand-over: what lies open now, as far as `by` sees it."""
    return [part for key, source in SOURCES.items() if (part := _part(key, source, project, by))["number"]]


def parts_of(open_matters: Sequence[Mapping[str, Any]]) -> list[Part]:
    """As it is read: each entry with the page of what it was about."""
    return [
        Part(SOURCES[part["key"]].label, part["number"], [_entry(entry) for entry in part["entries"]])
        for part in open_matters
        if part["key"] in SOURCES
    ]


def latest_unsigned(user: User, project: Project) -> list[ShiftHandover]:
    """What somebody else left for whoever stands at the desk now, the newest first."""
    rows = ShiftHandover.objects.visible_to(user).unsigned().filter(project=project).exclude(written_by=user)
    return list(rows.for_page().order_by("-written_at", "-pk")[:MOST_NAMED])


def _part(key: str, source: Source, project: Project, by: User) -> dict[str, Any]:
    rows = source.rows(project, by)
    named = [_kept(source, row) for row in rows[:MOST_NAMED]]
    number = len(named) if len(named) < MOST_NAMED else rows.count()
    return {"key": key, "number": number, "entries": named}


def _kept(source: Source, row: Any) -> dict[str, Any]:
    subject = source.subject(row)
    title = source.title(row)[:LONGEST_TITLE]
    return {"kind": kind_of(subject), "id": subject.pk, "title": title, "late": source.is_late(row)}


def _entry(kept: Mapping[str, Any]) -> Entry:
    kind = find_kind(kept["kind"])
    return Entry(kept["title"], kind.url_of(kept["id"]) if kind else "", kept["late"])


def _visitors(project: Project, user: User) -> Any:
    rows = ReceptionTicket.objects.visible_to(user).at_desk(project).open()
    return rows.for_desk().order_by("arrived_at", "pk")


def _keys(project: Project, user: User) -> Any:
    rows = KeyLoan.objects.visible_to(user).in_project(project.pk).open()
    return rows.for_page().order_by("due_at", "pk")


def _faults(project: Project, user: User) -> Any:
    return PublicFault.objects.visible_to(user).open().filter(project=project).for_page().order_by("announced_at", "pk")


def _promises(project: Project, user: User) -> Any:
    rows = Promise.objects.visible_to(user).open().filter(project=project, due_at__lt=_end_of_tomorrow())
    return rows.select_related("unit", "owner", "interaction").order_by("due_at", "pk")


def _call_backs(project: Project, user: User) -> Any:
    rows = ServiceRequest.objects.visible_to(user).filter(project=project).waiting_for_feedback()
    return rows.for_list().order_by("entered_at", "pk")


def _passes(project: Project, user: User) -> Any:
    rows = ReleasePass.objects.visible_to(user).usable().filter(project=project)
    return rows.for_page().order_by("valid_until", "pk")


def _end_of_tomorrow() -> datetime:
    """What the next shift has to keep."""
    return timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=2), time()))


def _clock(at: datetime) -> str:
    return f"{timezone.localtime(at):%m-%d %H:%M}"


SOURCES: Mapping[str, Source] = {
    "visitors": Source(_("Visitors at the counter"), _visitors, lambda row: f"{row} {row.visitor}".strip()),
    "keys": Source(
        _("Keys that are out"),
        _keys,
        lambda row: f"{row} · {_clock(row.due_at)}",
        lambda row: bool(row.is_overdue),
        subject=lambda row: row.key,
    ),
    "faults": Source(
        _("Faults in force"), _faults, lambda row: f"{row.title} {row.where}", lambda row: bool(row.is_overdue)
    ),
    "promises": Source(
        _("Answers promised"),
        _promises,
        lambda row: f"{_clock(row.due_at)} {row.unit or ''} {row.text} · {row.owner}",
        lambda row: bool(row.is_late),
        subject=lambda row: row.interaction,
    ),
    "call-backs": Source(
        _("To call back"), _call_backs, lambda row: f"{row.number_tail} {row.where} {row.one_line} · {row.owner}"
    ),
    "passes": Source(
        _("Release passes not used yet"), _passes, lambda row: f"{row} {row.unit} · {row.valid_until:%m-%d}"
    ),
}
