"""Keys are received, lent, taken back, and leave the register one day (E-041)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.places import Place
from gongying.common.sweeps import once_for_each
from gongying.common.templatetags.formats import spoken
from gongying.custody.enums import KeyEnding, KeyKind
from gongying.custody.models import Key, KeyLoan
from gongying.custody.models.keys import ONE_LOAN_AT_A_TIME
from gongying.custody.rules import KEEP_KEYS
from gongying.estates.models import Project, Unit
from gongying.estates.stewards import serving
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.files.operations import File, attach
from gongying.notifications.operations import notify
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember

LONGEST_LOAN = timedelta(days=366)


def keys_key(project_id: int) -> str:
    """What pages that show who has which key of a project listen to."""
    return f"keys-{project_id}"


@transaction.atomic
def register_key(
    *,
    by: User,
    project: Project,
    kind: str,
    tag: str,
    unit: Unit | None = None,
    opens: str = "",
    number_of_keys: int = 1,
    entrusted_by: str = "",
    note: str = "",
) -> Key:
    """Hang it on its hook. A key of common parts says what it opens, every other one opens a unit."""
    key = Key(project=project, received_by=by)
    facts: dict[str, Any] = {
        "opens": opens,
        "number_of_keys": number_of_keys,
        "entrusted_by": entrusted_by,
        "note": note,
    }
    _describe(key, kind=kind, tag=tag, unit=unit, **facts)
    with refusing(_tag_taken()):
        key.save()
    _tell("registered", key, by=by, keys=number_of_keys)
    return key


@transaction.atomic
def change_key(key: Key, *, by: User, seen: int | None = None, **facts: Any) -> Key:
    """`facts`: kind, tag, unit, opens, number_of_keys, entrusted_by and note, all of them as they now are."""
    key = lock_key(key)
    _refuse_ended(key)
    key.check_version(seen=seen)
    key.advance_version(seen=key.version)
    before = str(key)
    _describe(key, **facts)
    with refusing(_tag_taken()):
        key.save()
    _tell("changed", key, by=by, before=before)
    return key


@transaction.atomic
def lend_key(
    key: Key,
    *,
    by: User,
    reason: str,
    due_at: datetime,
    borrower: StaffMember | None = None,
    borrower_name: str = "",
    borrower_phone: str = "",
    photos: Sequence[File] = (),
) -> KeyLoan:
    """To a colleague, or to somebody from outside by name. Of several who ask at once one gets it, the others learn who."""
    key = lock_key(key)
    _refuse_ended(key)
    _refuse_lent(key)
    _check_borrower(borrower, borrower_name, borrower_phone)
    if not reason.strip():
        raise Refused(_("Say what the key is needed for."))
    before = key.loans.exclude(returned_at=None).aggregate(last=Max("returned_at"))
    now = now_not_before(before["last"])
    _check_due(due_at, now)
    with refusing({ONE_LOAN_AT_A_TIME: _("This key has just been lent to somebody else.")}):
        loan = KeyLoan.objects.create(
            key=key,
            borrower=borrower,
            borrower_name="" if borrower else borrower_name.strip(),
            borrower_phone="" if borrower else borrower_phone.strip(),
            reason=reason.strip(),
            lent_by=by,
            lent_at=now,
            due_at=due_at,
        )
    for photo in photos:
        attach(photo, to=loan, by=by)
    _tell("lent", key, by=by, holder=loan.holder, reason=loan.reason, due=due_at)
    return loan


@transaction.atomic
def extend_loan(loan: KeyLoan, *, by: User, due_at: datetime) -> KeyLoan:
    """It is needed longer; whoever waits for it sees until when."""
    loan = _lock_loan(loan)
    _check_due(due_at, timezone.now())
    loan.due_at, loan.overdue_told_at = due_at, None
    loan.save(update_fields=["due_at", "overdue_told_at"])
    _tell("extended", loan.key, by=by, holder=loan.holder, due=due_at)
    return loan


@transaction.atomic
def return_key(loan: KeyLoan, *, by: User, note: str = "") -> KeyLoan:
    loan = _lock_loan(loan)
    _give_back(loan, by=by, note=note)
    return loan


@transaction.atomic
def end_key(key: Key, *, by: User, ending: str, note: str = "") -> Key:
    """It is in the register no more. A key that is lent comes back first, unless it was lost."""
    key = lock_key(key)
    _refuse_ended(key)
    loan = key.loan
    if loan is not None and ending != KeyEnding.LOST:
        _refuse_lent(key)
    if loan is not None:
        _give_back(_lock_loan(loan), by=by, note=note)
    key.ended_at, key.ending = timezone.now(), ending
    key.note = note.strip() or key.note
    key.save()
    _tell("ended", key, by=by, ending=ending, holder=loan.holder if loan else "")
    return key


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="notice_overdue_keys", pass_context=False)
def notice_overdue_keys_later(timestamp: int) -> None:
    notice_overdue_keys()


def notice_overdue_keys() -> int:
    """Tell who has it, who lent it and those who keep the keys there of every key that is not back in time, once."""
    return once_for_each(_overdue, "overdue_told_at", _notice_overdue)


def _overdue() -> QuerySet[KeyLoan]:
    return KeyLoan.objects.overdue().for_page().order_by("due_at", "pk")


def _notice_overdue(loan: KeyLoan) -> None:
    event = _tell("overdue", loan.key, by=None, holder=loan.holder, due=loan.due_at)
    holder = loan.borrower.user if loan.borrower else None
    notify(event, to=[holder, loan.lent_by, *keepers_at(loan.key.place)], about=loan.key)


def keepers_at(place: Place, permission: str = KEEP_KEYS) -> list[User]:
    """Who keeps things there, and is not away today."""
    away = StaffMember.objects.absent(on=timezone.localdate()).values("pk")
    staff = serving(place, right=TerritoryRight.VIEW_FILES).with_permission(permission).exclude(pk__in=away)
    return [person.user for person in staff.select_related("user").order_by("pk")]


def lock_key(key: Key) -> Key:
    rows = Key.objects.select_for_update(of=("self",), no_key=True).select_related("project", "unit")
    locked: Key = rows.get(pk=key.pk)
    return locked


def _lock_loan(loan: KeyLoan) -> KeyLoan:
    """The key first, then its loan: in the order in which lending takes them."""
    lock_key(loan.key)
    locked = KeyLoan.objects.for_page().select_for_update(of=("self",), no_key=True).get(pk=loan.pk)
    if locked.returned_at is not None:
        raise Refused(
            _("%(key)s was returned %(when)s already.") % {"key": locked.key, "when": _said(locked.returned_at)}
        )
    return locked


def _give_back(loan: KeyLoan, *, by: User, note: str) -> None:
    loan.returned_to, loan.returned_at, loan.return_note = by, now_not_before(loan.lent_at), note.strip()
    loan.save(update_fields=["returned_to", "returned_at", "return_note"])
    _tell("returned", loan.key, by=by, holder=loan.holder, note=loan.return_note)


def _describe(
    key: Key,
    *,
    kind: str,
    tag: str,
    unit: Unit | None,
    opens: str,
    number_of_keys: int,
    entrusted_by: str,
    note: str,
) -> None:
    if not tag.strip():
        raise Refused(_("The number on the tag is missing."))
    is_public = kind == KeyKind.PUBLIC
    if is_public and not opens.strip():
        raise Refused(_("Say what a key of common parts opens."))
    if not is_public and unit is None:
        raise Refused(_("Say which unit the key belongs to."))
    if unit is not None and unit.project_id != key.project_id:
        raise Refused(_("This place is not in that project."))
    key.kind, key.tag, key.opens, key.note = kind, tag.strip(), opens.strip(), note.strip()
    key.number_of_keys, key.entrusted_by = number_of_keys, "" if is_public else entrusted_by.strip()
    key.unit = None if is_public else unit
    key.building_id = key.unit.building_id if key.unit else None
    key.entrance_id = key.unit.entrance_id if key.unit else None


def _check_borrower(borrower: StaffMember | None, name: str, phone: str) -> None:
    if borrower is None and not name.strip():
        raise Refused(_("Say who takes the key."))
    if borrower is None and not phone.strip():
        raise Refused(_("Somebody from outside leaves a telephone number."))


def _check_due(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise Refused(_("The time at which it is due back must still come."))
    if due_at > now + LONGEST_LOAN:
        raise Refused(_("A key is lent for a year at most."))


def _refuse_ended(key: Key) -> None:
    if key.ended_at is not None:
        raise Refused(_("%(key)s is in the register no more: %(why)s.") % {"key": key, "why": key.get_ending_display()})


def _refuse_lent(key: Key) -> None:
    loan = key.loan
    if loan is not None:
        words = {"key": key, "name": loan.holder, "since": _said(loan.lent_at), "due": _said(loan.due_at)}
        raise Refused(
            _("%(name)s has %(key)s since %(since)s, due back %(due)s.") % words,
            current={"loan_id": loan.pk, "holder": loan.holder, "due_at": loan.due_at},
        )


def _said(at: datetime) -> str:
    return spoken(timezone.localtime(at))


def _tag_taken() -> dict[str, str]:
    return {"key_tag_unique": _("Another key has this number on its tag.")}


def _tell(verb: str, key: Key, *, by: User | None, **details: Any) -> Event:
    event = record_event(f"key.{verb}", by=by, subjects=[key, key.unit], key=str(key), **details)
    push_on_commit([keys_key(key.project_id)])
    return event
