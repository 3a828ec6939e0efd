from gongying.fitouts.operations.files import (
    accept_works,
    apply_for_fit_out,
    change_application,
    extend_permit,
    notice_overdue_permits,
    permit_works,
    refuse_fit_out,
    settle_deposit,
    withdraw_fit_out,
)
from gongying.fitouts.operations.works import (
    add_worker,
    end_worker,
    inspect_works,
    issue_pass_for,
    link_pass,
    report_violation,
    words_of_last_look,
)

__all__ = [
    "accept_works",
    "add_worker",
    "apply_for_fit_out",
    "change_application",
    "end_worker",
    "extend_permit",
    "inspect_works",
    "issue_pass_for",
    "link_pass",
    "notice_overdue_permits",
    "permit_works",
    "refuse_fit_out",
    "report_violation",
    "settle_deposit",
    "withdraw_fit_out",
    "words_of_last_look",
]
