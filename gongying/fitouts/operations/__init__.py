from gongying.fitouts.operations.files import (
    accept_works,
    apply_for_fit_out,
    extend_permit,
    notice_overdue_permits,
    permit_works,
    refuse_fit_out,
    settle_deposit,
    withdraw_fit_out,
)
from gongying.fitouts.operations.works import add_worker, end_worker, inspect_works, report_violation

__all__ = [
    "accept_works",
    "add_worker",
    "apply_for_fit_out",
    "end_worker",
    "extend_permit",
    "inspect_works",
    "notice_overdue_permits",
    "permit_works",
    "refuse_fit_out",
    "report_violation",
    "settle_deposit",
    "withdraw_fit_out",
]
