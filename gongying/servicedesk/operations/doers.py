"""Who may be given a job: a worker of the place who is there that day, or an outside firm under contract (E-046)."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.organization.access import staff_of
from gongying.organization.enums import Trade
from gongying.organization.models import StaffMember
from gongying.organization.operations import hold_staff
from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.models import OutsideFirm, ServiceRequest, WorkCompletion, WorkOrder
from gongying.servicedesk.operations.slots import Plan
from gongying.servicedesk.rules import knows_trade
from gongying.servicedesk.takers import taker_among, takers_at


class OtherTrade(Refused):
    """The worker does not know the trade of the job: somebody else, or a reason why he all the same."""


def doer_columns(
    work_order: WorkOrder, *, doer: User | None, outside_firm: str, plan: Plan | None = None
) -> dict[str, Any]:
    """The columns that name the doer; refused where he cannot be given this job on the day it is planned for."""
    name = outside_firm.strip()
    if (doer is None) == (not name):
        raise Refused(_("Choose a worker or name an outside firm."))
    on = _day_of(work_order, plan)
    if doer is None:
        return {"doer": None, "outside_firm": name, "firm": _firm_named(name, work_order.service_request, on)}
    check_worker(work_order.service_request, doer, on=on)
    return {"doer": doer, "outside_firm": "", "firm": None}


def check_worker(service_request: ServiceRequest, doer: User, *, on: date) -> None:
    if taker_among(takers_at(service_request.place, on=on), doer.pk) is not None:
        return
    if StaffMember.objects.absent(on=on).filter(user=doer).exists():
        if on == timezone.localdate():
            raise Refused(_("%(doer)s is on leave today.") % {"doer": doer})
        raise Refused(_("%(doer)s is on leave on %(day)s.") % {"doer": doer, "day": on.isoformat()})
    raise Refused(_("%(doer)s does not take orders in this place.") % {"doer": doer})


def check_trade(trade: str, doer: User | None, trade_reason: str) -> str:
    """The reason for giving a job to a worker of another trade, to be kept; empty where he knows the trade (R-186)."""
    staff = staff_of(doer) if doer is not None else None
    if staff is None or knows_trade(staff, trade):
        return ""
    if not trade_reason.strip():
        raise OtherTrade(
            _("%(doer)s does not know the trade of this job: %(trade)s. Choose somebody else, or say why he does it.")
            % {"doer": doer, "trade": Trade(trade).label}
        )
    return trade_reason.strip()


def check_claim(work_order: WorkOrder, by: User) -> None:
    """What nobody takes for herself: a job of another trade (R-019), or one more than her day holds."""
    staff = staff_of(by)
    if staff is None:
        raise Refused(_("%(doer)s does not take orders in this place.") % {"doer": by})
    if not knows_trade(staff, work_order.trade):
        raise Refused(_("This job needs another trade: %(trade)s.") % {"trade": work_order.get_trade_display()})
    (staff,) = hold_staff(staff)
    on = _day_of(work_order, None)
    if jobs_on(by, on) >= staff.most_jobs_a_day:
        raise Refused(_("%(doer)s has as many jobs as a day holds: %(n)d.") % {"doer": by, "n": staff.most_jobs_a_day})


def jobs_on(doer: User, day: date) -> int:
    """What he has that day: open jobs that are planned for it or for no time, and those done on it."""
    rows = WorkOrder.objects.of_doer(doer).exclude(state=WorkState.OPEN)
    unplanned = rows.filter(planned_from=None).count() if day == timezone.localdate() else 0
    done = WorkCompletion.objects.filter(by=doer, at__date=day).values("work_order").distinct().count()
    return unplanned + rows.filter(planned_from__date=day).count() + done


def _day_of(work_order: WorkOrder, plan: Plan | None) -> date:
    start = plan[0] if plan else work_order.planned_from
    return max(timezone.localtime(start).date(), timezone.localdate()) if start else timezone.localdate()


def _firm_named(name: str, service_request: ServiceRequest, on: date) -> OutsideFirm | None:
    """The firm of that name, if it is on file; a name that is not stays a name."""
    firm = OutsideFirm.objects.filter(name=name).first()
    if firm is None:
        return None
    if not firm.is_under_contract(on=on):
        raise Refused(_("%(firm)s has no contract on that day.") % {"firm": firm})
    if not OutsideFirm.objects.in_project(service_request.project_id).filter(pk=firm.pk).exists():
        raise Refused(_("%(firm)s does not work in this project.") % {"firm": firm})
    return firm
