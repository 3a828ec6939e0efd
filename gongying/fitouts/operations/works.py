"""What happens while the works go on: the team and its badges, inspections, violations."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckList, CheckRun, Tick
from gongying.checklists.operations import start_run
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.custody.models import ReleasePass
from gongying.custody.operations import issue_pass
from gongying.events.models import subject_key
from gongying.events.operations import record_event
from gongying.files.operations import File
from gongying.fitouts.models import FitOut, FitOutPass, FitOutViolation, FitOutWorker
from gongying.fitouts.models.files import LONGEST_SCOPE
from gongying.fitouts.operations.files import lock_fit_out, tell
from gongying.interactions.enums import Channel
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request

MOST_WORKERS = 99
USES = (Use.FIT_OUT, Use.ACCEPTANCE)


@transaction.atomic
def add_worker(fit_out: FitOut, *, by: User, name: str, trade: str = "", phone: str = "") -> FitOutWorker:
    """One more of the team, with the next badge."""
    fit_out = lock_fit_out(fit_out)
    if not fit_out.is_open:
        raise Refused(_("This fit-out has ended."))
    if not name.strip():
        raise Refused(_("Say who it is."))
    last = fit_out.workers.aggregate(last=Max("badge"))["last"] or 0
    if last >= MOST_WORKERS:
        raise Refused(_("There are no more badges for this fit-out."))
    worker: FitOutWorker = FitOutWorker.objects.create(
        fit_out=fit_out, badge=last + 1, name=name.strip(), trade=trade.strip(), phone=phone, added_by=by
    )
    tell("worker_added", fit_out, by=by, name=str(worker))
    return worker


@transaction.atomic
def end_worker(worker: FitOutWorker, *, by: User) -> FitOutWorker:
    """The badge is back."""
    fit_out = lock_fit_out(worker.fit_out)
    worker = (
        FitOutWorker.objects.select_for_update(of=("self",), no_key=True).select_related("fit_out").get(pk=worker.pk)
    )
    if worker.ended_at is not None:
        raise Refused(_("This badge is back already."))
    worker.ended_at = now_not_before(worker.added_at)
    worker.save(update_fields=["ended_at"])
    tell("worker_ended", fit_out, by=by, name=str(worker))
    return worker


@transaction.atomic
def inspect_works(fit_out: FitOut, *, by: User, use: str = Use.FIT_OUT) -> CheckRun:
    """Look at the works item by item, or at the end at everything (`Use.ACCEPTANCE`); goes on with one that is begun."""
    fit_out = lock_fit_out(fit_out)
    if not fit_out.is_in_works:
        raise Refused(_("There are no permitted works to look at."), current=fit_out.present_state())
    if use not in USES:
        raise Refused(_("This check list is for something else."))
    begun: CheckRun | None = CheckRun.objects.filter(about=f"fitout-{fit_out.pk}", use=use, finished_at=None).first()
    if begun is not None:
        return begun
    check_list = CheckList.objects.in_force(fit_out.project).filter(use=use).order_by("pk").first()
    if check_list is None:
        raise Refused(_("There is no check list for this: write one in the settings."))
    run = start_run(check_list, by=by, where=fit_out)
    tell("inspected", fit_out, by=by, name=check_list.name)
    return run


@transaction.atomic
def issue_pass_for(fit_out: FitOut, *, by: User, **facts: Any) -> ReleasePass:
    """Things of the works leave the estate; `facts` as `issue_pass` takes them."""
    return link_pass(fit_out, issue_pass(fit_out.unit, by=by, **facts), by=by)


@transaction.atomic
def link_pass(fit_out: FitOut, release: ReleasePass, *, by: User) -> ReleasePass:
    """A pass of this unit that was written because of the works."""
    fit_out = lock_fit_out(fit_out)
    if release.unit_id != fit_out.unit_id:
        raise Refused(_("This release pass is of another unit."))
    with refusing({"fitouts_fitoutpass_release_pass_id_key": _("This release pass belongs to a fit-out already.")}):
        FitOutPass.objects.create(fit_out=fit_out, release_pass=release)
    number = fit_out.number
    record_event("fitout.pass_linked", by=by, subjects=[fit_out, release], number=number, name=str(release))
    return release


def words_of_last_look(fit_out: FitOut) -> str:
    """What failed when somebody last looked at the works, unless it was reported since then."""
    looks = CheckRun.objects.finished().filter(about=subject_key(fit_out)).order_by("-finished_at", "-pk")
    look = looks.first()
    if look is None or fit_out.violations.filter(service_request__entered_at__gte=look.finished_at).exists():
        return ""
    failed = Tick.objects.filter(run=look).failed().select_related("item").order_by("item__position")
    return "\n".join(tick.finding for tick in failed)[:LONGEST_SCOPE]


@transaction.atomic
def report_violation(
    fit_out: FitOut, *, by: User, category: ServiceCategory, text: str, photos: Sequence[File] = ()
) -> ServiceRequest:
    """A violation case like any other (E-025), found in this fit-out; the firm is who does it."""
    fit_out = lock_fit_out(fit_out)
    if not fit_out.is_open:
        raise Refused(_("This fit-out has ended."))
    case = register_request(
        by=by,
        kind=RequestKind.VIOLATION,
        category=category,
        text=text,
        channel=Channel.PATROL,
        unit=fit_out.unit,
        violator=fit_out.contractor,
        photos=photos,
    )
    FitOutViolation.objects.create(fit_out=fit_out, service_request=case)
    tell("violation_found", fit_out, by=by, name=case.number, reason=text.strip()[:200])
    return case
