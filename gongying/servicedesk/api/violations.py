"""Illegal acts: what was done about one, and its steps (E-025). Registered by `POST /requests` with the kind `violation`."""

from typing import Annotated, Any

from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Flag, Moment, Output, PathId, line, row_or_404
from gongying.servicedesk.api.request_steps import Long, StepIn, add_step
from gongying.servicedesk.api.requests import visible
from gongying.servicedesk.enums import DissuasionWay, ViolationOutcome
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.violation_page import ViolationPanel, panel_of

router = Router(tags=["violations"])

AuthorityNumber = Annotated[str, line(60, shortest=0), Field(examples=["CG-2026-0098"])]
Past = Field(None, description="Default: now", examples=["2026-11-21T14:30:00+08:00"])


class DissuasionOut(Output):
    id: int = Field(examples=[4])
    by_id: int = Field(examples=[2])
    at: Moment
    way: DissuasionWay
    words: str = Field(examples=["Asked to take the shed down by tomorrow."])
    heeded: bool = Field(examples=[False])


class AuthorityAnswerOut(Output):
    id: int = Field(examples=[6])
    by_id: int = Field(examples=[2])
    at: Moment
    number: str = Field(examples=["CG-2026-0098"])
    words: str = Field(examples=["Taken down on our order."])


class AuthorityReportOut(Output):
    id: int = Field(examples=[5])
    by_id: int = Field(examples=[2])
    at: Moment
    authority: str = Field(examples=["Urban management bureau"])
    number: str = Field(examples=["CG-2026-0098"])
    words: str = Field(examples=["A shed on the roof, dissuasion was not heeded."])
    committee_told: bool = Field(examples=[True])
    replies: list[AuthorityAnswerOut]

    @staticmethod
    def resolve_replies(row: Any) -> list[Any]:
        return list(row.replies.all())


class ViolationOut(Output):
    violator: str = Field(examples=["Mr Qian"])
    recurrence_of_id: int | None = Field(description="The request of the same act before", examples=[None])
    report_due_at: Moment | None = Field(description="While a report to the authority is owed", examples=[None])
    outcome: ViolationOutcome | None = Field(examples=[None])
    dissuasions: list[DissuasionOut]
    reports: list[AuthorityReportOut]

    @staticmethod
    def resolve_violator(panel: ViolationPanel) -> str:
        return str(panel.details.violator)

    @staticmethod
    def resolve_recurrence_of_id(panel: ViolationPanel) -> int | None:
        return panel.details.recurrence_of_id  # type: ignore[no-any-return]

    @staticmethod
    def resolve_report_due_at(panel: ViolationPanel) -> Any:
        clock = panel.report_clock
        return clock.due_at if clock is not None and clock.is_running else None

    @staticmethod
    def resolve_outcome(panel: ViolationPanel) -> str | None:
        return panel.conclusion.outcome if panel.conclusion else None


class DissuasionIn(StepIn):
    way: DissuasionWay
    words: Long
    heeded: Flag
    violator: Annotated[str, line(100, shortest=0)] = Field("", examples=["Mr Qian"])
    at: Moment | None = Past


class AuthorityReportIn(StepIn):
    authority: Annotated[str, line(100)] = Field(examples=["Urban management bureau"])
    words: Long
    number: AuthorityNumber = ""
    committee_told: Flag = False
    at: Moment | None = Past


class AuthorityAnswerIn(StepIn):
    words: Long
    number: AuthorityNumber = ""
    at: Moment | None = Past


class ConclusionIn(StepIn):
    outcome: ViolationOutcome
    words: Long


@router.get("/requests/{int:request_id}/violation", response=ViolationOut, summary="What was done about a violation")
def show_violation(request: SignedInRequest, request_id: PathId) -> ViolationPanel:
    rows: Any = visible(request).violations().select_related("violation")
    found: ServiceRequest = row_or_404(rows, request_id)
    return panel_of(found)


for _step in (
    ("dissuasions", "dissuade", DissuasionIn, "Violation: dissuade, or look again"),
    ("authority-reports", "report_authority", AuthorityReportIn, "Violation: report to the authority"),
    ("authority-answers", "authority_answer", AuthorityAnswerIn, "Violation: what the authority answered"),
    ("conclusion", "conclude", ConclusionIn, "Violation: how it ended"),
):
    add_step(*_step)
