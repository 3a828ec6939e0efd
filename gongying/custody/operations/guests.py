"""Guests are announced, somebody of the house agrees, the gate lets them in and out, once (R-153)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.common.templatetags.formats import spoken
from gongying.custody.enums import Confirmation, GuestPurpose, GuestState
from gongying.custody.models import GuestPass
from gongying.custody.models.guests import MOST_PERSONS
from gongying.custody.operations.codes import free_code
from gongying.estates.models import Unit
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event

MOST_DAYS = 31
MOST_AT_ONCE = 500
# Of a list, on the timeline of the unit.
NAMED = 3


@dataclass(frozen=True)
class ExpectedGuest:
    """One line of a list that a company sends; without a time they come from now on."""

    name: str
    plate: str = ""
    expected_at: datetime | None = None


def guests_key(project_id: int) -> str:
    """What pages that show the guests of a project listen to."""
    return f"guests-{project_id}"


@transaction.atomic
def announce_guest(
    unit: Unit,
    *,
    by: User,
    name: str,
    purpose: str = GuestPurpose.VISIT,
    expected_at: datetime | None = None,
    valid_until: datetime | None = None,
    persons: int = 1,
    phone: str = "",
    brings: str = "",
    plate: str = "",
    confirmed_by: str = "",
    confirmation: str = "",
    of_a_list: bool = False,
) -> GuestPass:
    """Somebody will come, or stands at the gate: until midnight, unless another time is named.

    Without `confirmed_by` nobody of the house has agreed yet, and the gate lets nobody in.
    One `of_a_list` stands on his own timeline; that of the unit has one entry for the list.
    """
    now = timezone.now()
    expected_at = expected_at or now
    valid_until = valid_until or midnight_after(expected_at)
    check_window(expected_at, valid_until, now)
    if not name.strip():
        raise Refused(_("Say who comes."))
    if not 1 <= persons <= MOST_PERSONS:
        raise Refused(_("Between 1 and %(most)s people come on one pass.") % {"most": MOST_PERSONS})
    project = unit.project
    guest = GuestPass(
        project=project,
        building_id=unit.building_id,
        entrance_id=unit.entrance_id,
        number=NumberSequence.take(f"{project.code}-FK{timezone.localdate():%y}"),
        code=free_code(project.pk),
        unit=unit,
        name=name.strip(),
        phone=phone,
        persons=persons,
        purpose=purpose,
        brings=brings.strip(),
        plate=plate,
        expected_at=expected_at,
        valid_until=valid_until,
        announced_by=by,
    )
    if confirmed_by.strip():
        _agree(guest, by=by, confirmed_by=confirmed_by, confirmation=confirmation)
    with refusing({"guest_pass_code_unique": _("The code has just been given to another pass. Try again.")}):
        guest.save()
    about: list[GuestPass | Unit] = [guest] if of_a_list else [guest, unit]
    _tell("announced", guest, by=by, about=about, confirmed_by=guest.confirmed_by)
    return guest


@transaction.atomic
def announce_guests(
    unit: Unit,
    guests: Sequence[ExpectedGuest],
    *,
    by: User,
    purpose: str = GuestPurpose.BUSINESS,
    confirmed_by: str = "",
    confirmation: str = "",
) -> list[GuestPass]:
    """All of a list, each with a pass of his own, or none."""
    if not 1 <= len(guests) <= MOST_AT_ONCE:
        raise Refused(_("Between 1 and %(most)s guests are entered at once.") % {"most": MOST_AT_ONCE})
    house: dict[str, Any] = {"purpose": purpose, "confirmed_by": confirmed_by, "confirmation": confirmation}
    house["of_a_list"] = len(guests) > 1
    entered = [
        announce_guest(unit, by=by, name=guest.name, plate=guest.plate, expected_at=guest.expected_at, **house)
        for guest in guests
    ]
    if house["of_a_list"]:
        names = [guest.name for guest in entered[:NAMED]]
        facts: dict[str, Any] = {"number": len(entered), "names": names, "confirmed_by": confirmed_by.strip()}
        record_event("guest.list_announced", by=by, subjects=[unit], **facts)
    return entered


@transaction.atomic
def confirm_guest(
    guest: GuestPass, *, by: User, confirmed_by: str, confirmation: str = Confirmation.PHONE
) -> GuestPass:
    """The house was asked, and agreed."""
    guest = _lock(guest)
    _refuse_over(guest)
    if guest.confirmed_by:
        raise Refused(_("%(name)s has agreed to %(number)s already.") % {"name": guest.confirmed_by, "number": guest})
    if not confirmed_by.strip():
        raise Refused(_("Say who of the house agreed."))
    _agree(guest, by=by, confirmed_by=confirmed_by, confirmation=confirmation)
    guest.save(update_fields=["confirmed_by", "confirmation", "confirmed_to"])
    _tell("confirmed", guest, by=by, confirmed_by=guest.confirmed_by)
    return guest


@transaction.atomic
def let_guest_in(guest: GuestPass, *, by: User) -> GuestPass:
    """At the gate, once: whoever comes second on the same pass learns when the first came."""
    guest = _lock(guest)
    _refuse_over(guest)
    if guest.state == GuestState.UNCONFIRMED:
        raise Refused(_("Nobody of %(unit)s has agreed yet: call there first.") % {"unit": guest.unit})
    if guest.state == GuestState.COMING:
        raise Refused(_("Pass %(number)s holds from %(when)s on.") % {"number": guest, "when": _said(guest.opens_at)})
    guest.came_at, guest.let_in_by = timezone.now(), by
    guest.save(update_fields=["came_at", "let_in_by"])
    _tell("let_in", guest, by=by)
    return guest


@transaction.atomic
def let_guest_out(guest: GuestPass, *, by: User) -> GuestPass:
    guest = _lock(guest)
    if guest.left_at is not None:
        raise Refused(_("%(number)s left %(when)s already.") % {"number": guest, "when": _said(guest.left_at)})
    if not guest.is_in_house:
        raise Refused(_("%(number)s has not come in.") % {"number": guest})
    guest.left_at = now_not_before(guest.came_at)
    guest.save(update_fields=["left_at"])
    _tell("let_out", guest, by=by)
    return guest


@transaction.atomic
def withdraw_guest(guest: GuestPass, *, by: User, reason: str) -> GuestPass:
    """The house does not expect them, or does not want to see them: the gate lets nobody in."""
    guest = _lock(guest)
    _refuse_over(guest)
    if not reason.strip():
        raise Refused(_("Say why the pass is withdrawn."))
    guest.voided_by, guest.voided_at, guest.void_reason = by, now_not_before(guest.announced_at), reason.strip()
    guest.save(update_fields=["voided_by", "voided_at", "void_reason"])
    _tell("withdrawn", guest, by=by, reason=guest.void_reason)
    return guest


def check_window(expected_at: datetime, valid_until: datetime, now: datetime) -> None:
    if valid_until < expected_at:
        raise Refused(_("The end lies before the beginning."))
    if valid_until < now:
        raise Refused(_("This time is over."))
    if valid_until - expected_at > timedelta(days=MOST_DAYS) or expected_at - now > timedelta(days=MOST_DAYS):
        raise Refused(_("A pass holds for a month at most, and begins within a month."))


def midnight_after(moment: datetime) -> datetime:
    return timezone.localtime(moment).replace(hour=23, minute=59, second=59, microsecond=0)


def _agree(guest: GuestPass, *, by: User, confirmed_by: str, confirmation: str) -> None:
    if confirmation not in Confirmation.values:
        raise Refused(_("Say how the house agreed."))
    guest.confirmed_by, guest.confirmation, guest.confirmed_to = confirmed_by.strip(), confirmation, by


def _lock(guest: GuestPass) -> GuestPass:
    locked: GuestPass = GuestPass.objects.for_page().select_for_update(of=("self",), no_key=True).get(pk=guest.pk)
    return locked


def _refuse_over(guest: GuestPass) -> None:
    """Came already, was withdrawn, or its time is over."""
    present = {"state": str(guest.state), "came_at": guest.came_at, "voided_at": guest.voided_at}
    words: dict[str, Any] = {"number": guest, "reason": guest.void_reason}
    if guest.came_at is not None:
        words |= {"when": _said(guest.came_at), "name": guest.let_in_by}
        raise Refused(_("Pass %(number)s was used %(when)s already: %(name)s let them in.") % words, current=present)
    if guest.voided_at is not None:
        raise Refused(_("Pass %(number)s was withdrawn: %(reason)s") % words, current=present)
    if guest.state == GuestState.EXPIRED:
        words |= {"when": _said(guest.valid_until)}
        raise Refused(_("Pass %(number)s held until %(when)s.") % words, current=present)


def _said(at: datetime) -> str:
    return spoken(timezone.localtime(at))


def _tell(verb: str, guest: GuestPass, *, by: User, about: Sequence[GuestPass | Unit] = (), **details: Any) -> Event:
    facts = {"number": guest.number, "guest": guest.name, **details}
    event = record_event(f"guest.{verb}", by=by, subjects=about or [guest, guest.unit], **facts)
    push_on_commit([guests_key(guest.project_id)])
    return event
