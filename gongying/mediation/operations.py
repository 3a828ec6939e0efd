"""Disputes between customers: taken up, talked over, agreed, asked after (R-160).

Each side has entries of its own on its timeline: they name the case, never the other sides, nor what those said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.common.places import Place
from gongying.customers.models import Party
from gongying.estates.models import Project, Unit
from gongying.events.operations import record_event
from gongying.files.operations import File, attach
from gongying.mediation.enums import UNFINISHED, MediationState
from gongying.mediation.machines import MEDIATION
from gongying.mediation.models import (
    MOST_SIDES,
    Agreement,
    AgreementCheck,
    Attendance,
    MediationCase,
    MediationSession,
    Referral,
    Side,
)
from gongying.notifications.operations import notify
from gongying.servicedesk.models import ServiceRequest


@dataclass(frozen=True)
class Disputant:
    """Who is a side of a dispute, and what she says."""

    name: str = ""
    party: Party | None = None
    unit: Unit | None = None
    statement: str = ""


@transaction.atomic
def open_case(
    project: Project,
    *,
    subject: str,
    matter: str,
    sides: Sequence[Disputant],
    by: User,
    mediator: User | None = None,
    service_request: ServiceRequest | None = None,
) -> MediationCase:
    """A dispute of two sides or more is taken up; it stands in the smallest place that holds all of them."""
    if len(sides) < 2:  # noqa: PLR2004 a dispute
        raise Refused(_("A dispute has two sides at least."))
    if any(side.unit and side.unit.project_id != project.pk for side in sides):
        raise Refused(_("This place is not in that project."))
    place = _common_place(project, [side.unit for side in sides])
    if service_request and service_request.project_id != project.pk:
        raise Refused(_("This request is not of that project."))
    with refusing({"mediation_of_request_once": _("Somebody mediates in this matter already.")}):
        case = MediationCase.objects.create(
            project=project,
            building_id=place.building_id,
            entrance_id=place.entrance_id,
            number=NumberSequence.take(f"{project.code}-TJ{timezone.localdate():%y}"),
            subject=subject.strip(),
            matter=matter.strip(),
            request=service_request,
            mediator=mediator or by,
            opened_by=by,
        )
    for side in sides:
        _write_side(case, side)
    event = _tell("opened", case, by=by, subject=case.subject)
    notify(event, to=[case.mediator], about=case)
    return case


@transaction.atomic
def add_side(case: MediationCase, side: Disputant, *, by: User) -> Side:
    """Somebody else is a side of it, too."""
    case = _lock(case)
    if case.state not in UNFINISHED:
        raise Refused(_("This case is ended."), current=case.present_state())
    if side.unit and side.unit.project_id != case.project_id:
        raise Refused(_("This place is not in that project."))
    written = _write_side(case, side)
    place = _common_place(case.project, [row.unit for row in Side.objects.of(case)])
    MediationCase.objects.filter(pk=case.pk).update(building=place.building_id, entrance=place.entrance_id)
    record_event("mediation.side_added", by=by, subjects=[case], number=case.number)
    _tell_side("opened", case, written, by=by)
    return written


@transaction.atomic
def hear_side(side: Side, *, statement: str, by: User, seen: int | None = None) -> Side:
    """What a side says now; only who mediates reads it."""
    case = _lock(side.case)
    if case.state not in UNFINISHED:
        raise Refused(_("This case is ended."), current=case.present_state())
    side.advance_version(seen=seen)
    side.statement = statement.strip()
    side.save(update_fields=["statement"])
    record_event("mediation.heard", by=by, subjects=[case], number=case.number)
    return side


@transaction.atomic
def hold_session(
    case: MediationCase,
    *,
    began_at: datetime,
    record: str,
    present: Sequence[Side],
    by: User,
    ended_at: datetime | None = None,
    venue: str = "",
    others: str = "",
    seen: int | None = None,
) -> MediationSession:
    case = _step(case, "meet", seen=seen)
    if began_at > timezone.now() or (ended_at and ended_at > timezone.now()):
        raise Refused(_("It cannot have happened in the future."))
    if ended_at and ended_at < began_at:
        raise Refused(_("It ends before it begins."))
    if not present or any(side.case_id != case.pk for side in present):
        raise Refused(_("Say which of the sides were there."))
    if not record.strip():
        raise Refused(_("The record is missing."))
    session = MediationSession.objects.create(
        case=case,
        began_at=began_at,
        ended_at=ended_at,
        venue=venue.strip(),
        others=others.strip(),
        record=record.strip(),
        by=by,
    )
    Attendance.objects.bulk_create(Attendance(session=session, side=side) for side in present)
    _tell("met", case, by=by, sides=present, at=began_at)
    return session


@transaction.atomic
def reach_agreement(
    case: MediationCase,
    *,
    text: str,
    check_on: date,
    by: User,
    signatures: Mapping[int, File] | None = None,
    papers: Sequence[File] = (),
    filed_under: str = "",
    seen: int | None = None,
) -> Agreement:
    """Signed by every side (`signatures`: by the id of the side), or on a paper: its picture, or where it is filed."""
    case = _step(case, "agree", seen=seen, check_on=check_on)
    sides = list(Side.objects.of(case))
    if not text.strip():
        raise Refused(_("Say what was agreed."))
    if check_on < timezone.localdate():
        raise Refused(_("The day on which one asks after it lies in the past."))
    signed = {pk: upload for pk, upload in (signatures or {}).items() if upload}
    missing = [side.name for side in sides if side.pk not in signed]
    if missing and not papers and not filed_under.strip():
        raise Refused(_("Not signed yet: %(names)s") % {"names": ", ".join(missing)})
    agreement = Agreement.objects.create(
        case=case, text=text.strip(), check_on=check_on, filed_under=filed_under.strip(), by=by
    )
    for side in sides:
        if side.pk in signed:
            label = f"signature-{side.position}"
            attach(signed[side.pk], to=agreement, by=by, label=label, signed_by=side.name)
    for paper in papers:
        attach(paper, to=agreement, by=by, label="paper")
    _tell("agreed", case, by=by, check_on=check_on)
    return agreement


@transaction.atomic
def keep_agreement(case: MediationCase, *, word: str, by: User, seen: int | None = None) -> MediationCase:
    """One has asked: it is kept. The dispute is settled."""
    case = _end(case, "keep", outcome=word, seen=seen)
    _check(case, is_kept=True, word=word, by=by)
    _tell("settled", case, by=by)
    return case


@transaction.atomic
def find_breach(case: MediationCase, *, word: str, by: User, seen: int | None = None) -> MediationCase:
    """One has asked: it is not kept. They sit together again."""
    _needed(word)
    case = _step(case, "breach", seen=seen, check_on=None)
    _check(case, is_kept=False, word=word, by=by)
    _tell("breached", case, by=by)
    return case


@transaction.atomic
def refer_case(
    case: MediationCase, *, body: str, word: str, by: User, name: str = "", seen: int | None = None
) -> Referral:
    """Somebody outside goes on with it."""
    _needed(word)
    referral = Referral(case=case, body=body, name=name.strip(), word=word.strip(), by=by)
    case = _end(case, "refer", outcome=f"{referral}: {referral.word}", seen=seen)
    referral.save()
    _tell("referred", case, by=by, body=str(referral))
    return referral


@transaction.atomic
def give_up(case: MediationCase, *, word: str, by: User, seen: int | None = None) -> MediationCase:
    """The sides do not agree."""
    case = _end(case, "fail", outcome=word, seen=seen)
    _tell("failed", case, by=by)
    return case


@transaction.atomic
def withdraw_case(case: MediationCase, *, word: str, by: User, seen: int | None = None) -> MediationCase:
    """The sides do not want it any more, or it was no dispute."""
    case = _end(case, "withdraw", outcome=word, seen=seen)
    _tell("withdrawn", case, by=by)
    return case


@transaction.atomic
def pass_on_case(case: MediationCase, *, to: User, by: User, note: str = "") -> MediationCase:
    """Somebody else mediates."""
    case = _lock(case)
    if case.state not in UNFINISHED:
        raise Refused(_("This case is ended."), current=case.present_state())
    if case.mediator_id == to.pk:
        raise Refused(_("%(name)s is in charge already.") % {"name": to})
    before, case.mediator = str(case.mediator), to
    case.version += 1
    case.save(update_fields=["mediator", "version"])
    event = record_event(
        "mediation.passed_on", by=by, subjects=[case], before=before, to=str(to), number=case.number, note=note.strip()
    )
    notify(event, to=[to], about=case)
    return case


def _lock(case: MediationCase) -> MediationCase:
    rows = MediationCase.objects.select_for_update(of=("self",), no_key=True).select_related("project", "mediator")
    locked: MediationCase = rows.get(pk=case.pk)
    return locked


def _step(case: MediationCase, verb: str, *, seen: int | None, **changes: Any) -> MediationCase:
    case = _lock(case)
    case.check_version(seen=seen)
    case.state = MediationState(MEDIATION.check(verb, case.state, label=case.get_state_display()))
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.save()
    return case


def _end(case: MediationCase, verb: str, *, outcome: str, seen: int | None) -> MediationCase:
    _needed(outcome)
    return _step(case, verb, seen=seen, outcome=outcome.strip(), ended_at=timezone.now(), check_on=None)


def _needed(word: str) -> None:
    if not word.strip():
        raise Refused(_("Say it in a few words."))


def _check(case: MediationCase, *, is_kept: bool, word: str, by: User) -> None:
    AgreementCheck.objects.create(agreement=case.agreements.latest("pk"), is_kept=is_kept, word=word.strip(), by=by)


def _write_side(case: MediationCase, side: Disputant) -> Side:
    name = side.name.strip() or (side.party.name if side.party else "")
    if not name:
        raise Refused(_("Each side has a name."))
    position = case.sides.count() + 1
    if position > MOST_SIDES:
        raise Refused(_("A dispute has nine sides at most."))
    with refusing({"mediation_party_once": _("%(name)s is a side of it already.") % {"name": name}}):
        return Side.objects.create(
            case=case, position=position, party=side.party, unit=side.unit, name=name, statement=side.statement.strip()
        )


def _common_place(project: Project, units: Sequence[Unit | None]) -> Place:
    buildings = {unit.building_id if unit else None for unit in units}
    entrances = {unit.entrance_id if unit else None for unit in units}
    building = buildings.pop() if len(buildings) == 1 else None
    entrance = entrances.pop() if building and len(entrances) == 1 else None
    return Place(project.pk, building, entrance)


def _tell(
    verb: str,
    case: MediationCase,
    *,
    by: User,
    sides: Sequence[Side] | None = None,
    at: datetime | None = None,
    **details: Any,
) -> Any:
    event = record_event(f"mediation.{verb}", by=by, subjects=[case], at=at, number=case.number, **details)
    for side in Side.objects.of(case) if sides is None else sides:
        _tell_side(verb, case, side, by=by, at=at)
    if case.request:
        # Nothing of the dispute itself: more people read the request.
        record_event(f"mediation.{verb}", by=by, subjects=[case.request], at=at, number=case.number)
    return event


def _tell_side(verb: str, case: MediationCase, side: Side, *, by: User, at: datetime | None = None) -> None:
    """On the timeline of one side: that its dispute moved on, nothing of what stands in the case."""
    place = side.unit.place if side.unit else case.place
    record_event(f"mediation.{verb}", by=by, subjects=[side.party, side.unit], at=at, place=place, number=case.number)
