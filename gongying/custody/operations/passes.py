"""Release passes are issued at the desk and used at the gate, once (E-042)."""

from collections.abc import Sequence
from datetime import date, timedelta
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
from gongying.custody.enums import Confirmation, PassState
from gongying.custody.models import ReleasePass
from gongying.custody.operations.codes import free_code
from gongying.estates.models import Unit
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.files.operations import File, attach

MOST_DAYS = 31


def passes_key(project_id: int) -> str:
    """What pages that show the passes of a project listen to."""
    return f"passes-{project_id}"


@transaction.atomic
def issue_pass(
    unit: Unit,
    *,
    by: User,
    items: str,
    confirmed_by: str,
    confirmation: str = Confirmation.IN_PERSON,
    carrier: str = "",
    carrier_phone: str = "",
    plate: str = "",
    valid_from: date | None = None,
    valid_until: date | None = None,
    photos: Sequence[File] = (),
) -> ReleasePass:
    """Let things of `unit` leave: today, unless other days are named. What the household owes does not matter here."""
    today = timezone.localdate()
    valid_from = valid_from or today
    valid_until = valid_until or valid_from
    _check_days(valid_from, valid_until, today)
    if not items.strip():
        raise Refused(_("Say what leaves."))
    if not confirmed_by.strip():
        raise Refused(_("Say who of the household agreed."))
    project = unit.project
    issued = ReleasePass(
        project=project,
        building_id=unit.building_id,
        entrance_id=unit.entrance_id,
        number=NumberSequence.take(f"{project.code}-FX{today:%y}"),
        code=free_code(project.pk),
        unit=unit,
        items=items.strip(),
        carrier=carrier.strip(),
        carrier_phone=carrier_phone,
        plate=plate,
        valid_from=valid_from,
        valid_until=valid_until,
        confirmed_by=confirmed_by.strip(),
        confirmation=confirmation,
        issued_by=by,
    )
    with refusing({"release_pass_code_unique": _("The code has just been given to another pass. Try again.")}):
        issued.save()
    for photo in photos:
        attach(photo, to=issued, by=by)
    _tell("issued", issued, by=by, items=issued.items, confirmed_by=issued.confirmed_by)
    return issued


@transaction.atomic
def use_pass(release: ReleasePass, *, by: User, photos: Sequence[File] = ()) -> ReleasePass:
    """The things went out. Once only: whoever comes second learns when, and who let them out."""
    release = _lock(release)
    _refuse_settled(release)
    if release.state == PassState.EXPIRED:
        raise Refused(_("Pass %(number)s was valid until %(day)s.") % _days_of(release))
    if release.state == PassState.COMING:
        raise Refused(_("Pass %(number)s is valid from %(first)s on.") % _days_of(release))
    release.used_by, release.used_at = by, now_not_before(release.issued_at)
    release.save(update_fields=["used_by", "used_at"])
    for photo in photos:
        attach(photo, to=release, by=by, label="gate")
    _tell("used", release, by=by, plate=release.plate)
    return release


@transaction.atomic
def void_pass(release: ReleasePass, *, by: User, reason: str) -> ReleasePass:
    """The household changed its mind, or it was written wrongly: the gate lets nothing out on it."""
    release = _lock(release)
    _refuse_settled(release)
    if not reason.strip():
        raise Refused(_("Say why the pass is withdrawn."))
    release.voided_by, release.voided_at, release.void_reason = by, now_not_before(release.issued_at), reason.strip()
    release.save(update_fields=["voided_by", "voided_at", "void_reason"])
    _tell("voided", release, by=by, reason=release.void_reason)
    return release


def _lock(release: ReleasePass) -> ReleasePass:
    locked: ReleasePass = ReleasePass.objects.for_page().select_for_update(of=("self",), no_key=True).get(pk=release.pk)
    return locked


def _refuse_settled(release: ReleasePass) -> None:
    present = {"state": str(release.state), "used_at": release.used_at, "voided_at": release.voided_at}
    if release.used_at is not None:
        words = {"number": release, "when": spoken(timezone.localtime(release.used_at)), "name": release.used_by}
        raise Refused(_("Pass %(number)s was used %(when)s already: %(name)s let it out.") % words, current=present)
    if release.voided_at is not None:
        words = {"number": release, "name": release.voided_by, "reason": release.void_reason}
        raise Refused(_("Pass %(number)s was withdrawn by %(name)s: %(reason)s") % words, current=present)


def _check_days(first: date, last: date, today: date) -> None:
    if last < first:
        raise Refused(_("The last day lies before the first."))
    if last < today:
        raise Refused(_("These days are over."))
    if last - first >= timedelta(days=MOST_DAYS) or first - today > timedelta(days=MOST_DAYS):
        raise Refused(_("A pass holds for a month at most, and begins within a month."))


def _days_of(release: ReleasePass) -> dict[str, Any]:
    return {"number": release, "day": release.valid_until, "first": release.valid_from}


def _tell(verb: str, release: ReleasePass, *, by: User, **details: Any) -> Event:
    event = record_event(f"pass.{verb}", by=by, subjects=[release, release.unit], number=release.number, **details)
    push_on_commit([passes_key(release.project_id)])
    return event
