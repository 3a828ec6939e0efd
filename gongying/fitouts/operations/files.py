"""A fit-out is applied for, permitted for some days, extended, accepted when it was looked at."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckRun, Tick
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.common.money import to_fen
from gongying.common.sweeps import once_for_each
from gongying.custody.operations import keepers_at
from gongying.customers.models import PartyRole
from gongying.estates.models import Unit
from gongying.events.models import Event, subject_key
from gongying.events.operations import record_event
from gongying.files.operations import File, attach
from gongying.fitouts.enums import FitOutState
from gongying.fitouts.machines import FIT_OUT, PERMIT_WORKS
from gongying.fitouts.models import FitOut, RefusedExtension
from gongying.notifications.operations import notify
from gongying.schedule.operations import create_task
from gongying.servicedesk.models import ServiceRequest

LONGEST_WORKS = timedelta(days=366)


@transaction.atomic
def apply_for_fit_out(
    unit: Unit,
    *,
    by: User,
    applicant: str,
    contractor: str,
    scope: str,
    starts_on: date,
    ends_on: date,
    applicant_phone: str = "",
    foreman: str = "",
    foreman_phone: str = "",
    drawings: Sequence[File] = (),
) -> FitOut:
    """The household brings its plan; a unit has one open fit-out at a time."""
    project = unit.project
    fit_out = FitOut(
        project=project,
        building_id=unit.building_id,
        entrance_id=unit.entrance_id,
        unit=unit,
        opened_by=by,
    )
    _plan(
        fit_out,
        applicant=applicant,
        applicant_phone=applicant_phone,
        contractor=contractor,
        foreman=foreman,
        foreman_phone=foreman_phone,
        scope=scope,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    fit_out.number = NumberSequence.take(f"{project.code}-ZD{timezone.localdate():%y}")
    with refusing({"fit_out_open_once": _("This unit has an open fit-out already.")}):
        fit_out.save()
    for drawing in drawings:
        attach(drawing, to=fit_out, by=by, label="drawing")
    applied = tell("applied", fit_out, by=by, contractor=fit_out.contractor, days=_days(starts_on, ends_on))
    notify(applied, to=keepers_at(fit_out.place, PERMIT_WORKS), about=fit_out)
    return fit_out


@transaction.atomic
def change_application(
    fit_out: FitOut, *, by: User, seen: int | None = None, drawings: Sequence[File] = (), **plan: Any
) -> FitOut:
    """`plan`: who applies, which firm, what and when; what it leaves out stays. Until somebody has decided."""
    fit_out = lock_fit_out(fit_out, seen=seen)
    if fit_out.state != FitOutState.APPLIED:
        words = _("Only an application that nobody has decided on is changed.")
        raise Refused(words, current=fit_out.present_state())
    before = {name: getattr(fit_out, name) for name in plan}
    _plan(fit_out, **plan)
    changed = [name for name, value in before.items() if getattr(fit_out, name) != value]
    if not changed and not drawings:
        return fit_out
    fit_out.version += 1
    fit_out.save()
    for drawing in drawings:
        attach(drawing, to=fit_out, by=by, label="drawing")
    labels = [str(getattr(FitOut._meta.get_field(name), "verbose_name", name)) for name in changed]
    tell("changed", fit_out, by=by, name=", ".join(labels), contractor=fit_out.contractor)
    return fit_out


@transaction.atomic
def permit_works(
    fit_out: FitOut,
    *,
    by: User,
    rules_read_by: str,
    valid_from: date,
    valid_until: date,
    deposit: Decimal | None = None,
    deposit_receipt: str = "",
    seen: int | None = None,
) -> FitOut:
    """The rules are acknowledged, the deposit is noted, the team may work in these days."""
    fit_out = _step(fit_out, "permit", seen=seen)
    if not rules_read_by.strip():
        raise Refused(_("Say who acknowledged the rules."))
    check_days(valid_from, valid_until)
    if valid_until < timezone.localdate():
        raise Refused(_("These days are over."))
    if deposit is not None and deposit <= 0:
        raise Refused(_("The amount must be more than nothing."))
    fit_out.rules_read_by, fit_out.valid_from, fit_out.valid_until = rules_read_by.strip(), valid_from, valid_until
    fit_out.permitted_by, fit_out.permitted_at = by, timezone.now()
    if deposit is not None:
        fit_out.deposit, fit_out.deposit_receipt = to_fen(deposit), deposit_receipt.strip()
    fit_out.save()
    noted: dict[str, Any] = {"deposit": str(fit_out.deposit)} if fit_out.deposit else {}
    permitted = tell("permitted", fit_out, by=by, days=_days(valid_from, valid_until), **noted)
    notify(permitted, to=[fit_out.opened_by], about=fit_out)
    return fit_out


@transaction.atomic
def extend_permit(fit_out: FitOut, *, by: User, valid_until: date, reason: str, seen: int | None = None) -> FitOut:
    """The works take longer."""
    fit_out = lock_fit_out(fit_out, seen=seen)
    if not fit_out.is_in_works:
        raise Refused(_("Only a permit that holds is extended."), current=fit_out.present_state())
    if not reason.strip():
        raise Refused(_("Say why it takes longer."))
    check_extension(fit_out, valid_until)
    fit_out.valid_until, fit_out.overdue_told_at = valid_until, None
    fit_out.version += 1
    fit_out.save()
    days = _days(fit_out.valid_from or valid_until, valid_until)
    tell("extended", fit_out, by=by, days=days, reason=reason.strip())
    return fit_out


@transaction.atomic
def refuse_extension(
    fit_out: FitOut,
    *,
    by: User,
    valid_until: date,
    reason: str,
    asked_by: str = "",
    asked_on: date | None = None,
    seen: int | None = None,
) -> RefusedExtension:
    """The works end on the day they were to. Who asked is the applicant, where nobody else is named; on this day."""
    fit_out = lock_fit_out(fit_out, seen=seen)
    if not fit_out.is_in_works:
        raise Refused(_("Only a permit that holds is extended."), current=fit_out.present_state())
    if not reason.strip():
        raise Refused(_("Say why it is not extended."))
    today = timezone.localdate()
    if (asked_on or today) > today:
        raise Refused(_("It cannot have happened in the future."))
    if fit_out.valid_until and valid_until <= fit_out.valid_until:
        raise Refused(_("Until then it is permitted already."))
    check_days(fit_out.valid_from or valid_until, valid_until)
    refused = RefusedExtension.objects.create(
        fit_out=fit_out,
        asked_by=asked_by.strip() or fit_out.applicant,
        asked_on=asked_on or today,
        valid_until=valid_until,
        reason=reason.strip(),
        by=by,
    )
    asked: dict[str, Any] = {"asked_by": refused.asked_by, "asked_on": f"{refused.asked_on:%Y-%m-%d}"}
    tell("extension_refused", fit_out, by=by, wished=f"{valid_until:%Y-%m-%d}", reason=refused.reason, **asked)
    return refused


@transaction.atomic
def accept_works(fit_out: FitOut, *, by: User, word: str = "", seen: int | None = None) -> FitOut:
    """Everything was looked at and is in order: no violation is open, the last look found nothing."""
    fit_out = _step(fit_out, "accept", seen=seen)
    look = last_look(fit_out)
    if look is None or not look.is_finished:
        raise Refused(_("Finish the check list of the acceptance first."))
    if Tick.objects.filter(run=look).failed().exists():
        raise Refused(_("Something failed at the acceptance: have it mended, and look again."))
    unfinished = open_violation(fit_out)
    if unfinished is not None:
        raise Refused(_("Violation %(number)s is still open.") % {"number": unfinished.number})
    _end(fit_out, by=by, reason=word)
    tell("accepted", fit_out, by=by, reason=fit_out.reason)
    return fit_out


@transaction.atomic
def refuse_fit_out(fit_out: FitOut, *, by: User, reason: str, seen: int | None = None) -> FitOut:
    fit_out = _step(fit_out, "refuse", seen=seen)
    if not reason.strip():
        raise Refused(_("Say why it is not permitted."))
    _end(fit_out, by=by, reason=reason)
    refused = tell("refused", fit_out, by=by, reason=fit_out.reason)
    notify(refused, to=[fit_out.opened_by], about=fit_out)
    return fit_out


@transaction.atomic
def withdraw_fit_out(fit_out: FitOut, *, by: User, reason: str, seen: int | None = None) -> FitOut:
    """The household does without it."""
    fit_out = _step(fit_out, "withdraw", seen=seen)
    if not reason.strip():
        raise Refused(_("Say why the household withdraws it."))
    _end(fit_out, by=by, reason=reason)
    tell("withdrawn", fit_out, by=by, reason=fit_out.reason)
    return fit_out


@transaction.atomic
def settle_deposit(fit_out: FitOut, *, by: User, words: str, seen: int | None = None) -> FitOut:
    """What became of the deposit when the works had ended: paid back, or kept for what."""
    fit_out = lock_fit_out(fit_out, seen=seen)
    if fit_out.deposit is None:
        raise Refused(_("No deposit is noted here."))
    if fit_out.is_open:
        raise Refused(_("The works have not ended yet."))
    if fit_out.deposit_end:
        raise Refused(_("It is written down already: %(words)s") % {"words": fit_out.deposit_end})
    if not words.strip():
        raise Refused(_("Say what became of the deposit."))
    fit_out.deposit_end = words.strip()
    fit_out.version += 1
    fit_out.save()
    tell("deposit_settled", fit_out, by=by, deposit=str(fit_out.deposit), reason=fit_out.deposit_end)
    return fit_out


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="notice_overdue_permits", pass_context=False)
def notice_overdue_permits_later(timestamp: int) -> None:
    notice_overdue_permits()


def notice_overdue_permits() -> int:
    """Whoever keeps the file of a permit past its date gets a task, once per permit."""
    return once_for_each(_overdue, "overdue_told_at", _notice_overdue)


def _overdue() -> QuerySet[FitOut]:
    return FitOut.objects.overdue().for_page().order_by("valid_until", "pk")


def _notice_overdue(fit_out: FitOut) -> None:
    words = {"fit_out": fit_out, "day": fit_out.valid_until}
    title = _("%(fit_out)s: the permit ended on %(day)s. Look, extend or accept.") % words
    end = timezone.localtime().replace(hour=23, minute=59, second=0, microsecond=0)
    if keeper := _keeper(fit_out):
        create_task(by=fit_out.permitted_by, title=title, about=fit_out, assignee=keeper, unit=fit_out.unit, due_at=end)
    tell("overdue", fit_out, by=None, until=str(fit_out.valid_until))


def _keeper(fit_out: FitOut) -> User | None:
    """Who wrote the file, else who permitted the works: as long as they work there."""
    for person in (fit_out.opened_by, fit_out.permitted_by):
        if person.is_active and FitOut.objects.visible_to(person).filter(pk=fit_out.pk).exists():
            return person
    return None


def last_look(fit_out: FitOut) -> CheckRun | None:
    """The last acceptance: what it found counts."""
    looks = CheckRun.objects.filter(about=subject_key(fit_out), use=Use.ACCEPTANCE)
    return looks.order_by("-started_at", "-pk").first()


def before_acceptance(fit_out: FitOut) -> str:
    """What still stands between the works and their acceptance, in words; empty: nothing."""
    look = last_look(fit_out)
    if look is None or not look.is_finished:
        return _("the check list of the acceptance")
    if Tick.objects.filter(run=look).failed().exists():
        return _("a look at the acceptance in which nothing fails")
    case = open_violation(fit_out)
    return _("the end of violation %(number)s") % {"number": case.number} if case else ""


def only_owner(unit: Unit) -> str:
    """Who usually applies."""
    roles = PartyRole.objects.on(timezone.localdate()).owners().living().filter(unit=unit)
    names = list(roles.order_by().values_list("party__name", flat=True).distinct()[:2])
    return names[0] if len(names) == 1 else ""


def open_violation(fit_out: FitOut) -> ServiceRequest | None:
    return ServiceRequest.objects.open().filter(found_in_fit_out__fit_out=fit_out).order_by("pk").first()


def check_days(first: date, last: date) -> None:
    if last < first:
        raise Refused(_("The last day lies before the first."))
    if last - first > LONGEST_WORKS:
        raise Refused(_("A fit-out takes a year at most."))


def check_extension(fit_out: FitOut, valid_until: date) -> None:
    if (fit_out.valid_until and valid_until <= fit_out.valid_until) or valid_until < timezone.localdate():
        raise Refused(_("The new last day must lie after the old one and after yesterday."))
    check_days(fit_out.valid_from or valid_until, valid_until)


def lock_fit_out(fit_out: FitOut, *, seen: int | None = None) -> FitOut:
    locked: FitOut = FitOut.objects.for_page().select_for_update(of=("self",), no_key=True).get(pk=fit_out.pk)
    locked.check_version(seen=seen)
    return locked


def _plan(fit_out: FitOut, **plan: Any) -> None:
    for name, value in plan.items():
        setattr(fit_out, name, value.strip() if isinstance(value, str) else value)
    if not (fit_out.applicant and fit_out.contractor and fit_out.scope):
        raise Refused(_("Say who applies, which firm does it, and what is done."))
    check_days(fit_out.starts_on, fit_out.ends_on)


def _step(fit_out: FitOut, verb: str, *, seen: int | None) -> FitOut:
    locked = lock_fit_out(fit_out, seen=seen)
    locked.state = FitOutState(FIT_OUT.check(verb, locked.state, label=locked.get_state_display()))
    locked.version += 1
    return locked


def _end(fit_out: FitOut, *, by: User, reason: str) -> None:
    fit_out.ended_by, fit_out.ended_at, fit_out.reason = by, now_not_before(fit_out.opened_at), reason.strip()
    fit_out.save()


def _days(first: date, last: date) -> str:
    return f"{first:%Y-%m-%d} – {last:%Y-%m-%d}"


def tell(verb: str, fit_out: FitOut, *, by: User | None, at: datetime | None = None, **details: Any) -> Event:
    subjects = [fit_out, fit_out.unit]
    return record_event(f"fitout.{verb}", by=by, subjects=subjects, at=at, number=fit_out.number, **details)
