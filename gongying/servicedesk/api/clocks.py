"""The clocks of a request: when something is due, by which policy, and everything that moved it."""

from typing import Any

from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Moment, Output, PathId
from gongying.servicedesk.api.requests import ClockOut, one
from gongying.servicedesk.clock_page import ShownClock, clocks_shown
from gongying.servicedesk.enums import PauseReason, Recipient

router = Router(tags=["service times"])


class ClockPauseOut(Output):
    """A line of the ledger: what the clock did not count."""

    id: int = Field(examples=[4])
    reason: PauseReason
    note: str = Field(examples=["Valve ordered"])
    started_at: Moment = Field(examples=["2026-10-08T10:00:00+08:00"])
    by_id: int | None = Field(description="User", examples=[6])
    longest_until: Moment = Field(description="The clock runs again by then", examples=["2026-10-15T10:00:00+08:00"])
    ended_at: Moment | None = Field(description="Null: it goes on", examples=["2026-10-09T10:00:00+08:00"])
    is_expired: bool = Field(description="Ended by its limit", examples=[False])
    due_before: Moment | None = Field(examples=["2026-10-10T16:00:00+08:00"])
    due_after: Moment | None = Field(examples=["2026-10-12T16:00:00+08:00"])


class ClockAdjustmentOut(Output):
    """Another due time, asked for with a reason and decided by somebody else."""

    id: int = Field(examples=[2])
    old_due: Moment = Field(examples=["2026-10-12T16:00:00+08:00"])
    new_due: Moment = Field(examples=["2026-10-14T16:00:00+08:00"])
    reason: str = Field(examples=["The part comes on Tuesday."])
    requested_by_id: int = Field(description="User", examples=[3])
    requested_at: Moment = Field(examples=["2026-10-09T11:00:00+08:00"])
    approved_by_id: int | None = Field(description="Who decided; null: nobody yet", examples=[5])
    approved_at: Moment | None = Field(examples=["2026-10-09T12:00:00+08:00"])
    declined_at: Moment | None = Field(examples=[None])
    answer: str = Field(examples=[""])


class LadderStepOut(Output):
    percent: int = Field(examples=[80])
    to: Recipient
    at: Moment = Field(examples=["2026-10-09T20:48:00+08:00"])
    is_taken: bool = Field(examples=[False])


class ClockDetailOut(ClockOut):
    explanation: str = Field(description="The due time in a sentence", examples=["due 10-12 16:00: 3 working days"])
    policy_source: str = Field(description="Where the number comes from", examples=["Standard of 2004"])
    chosen_by: str = Field(description="Why this policy", examples=["chosen by: kind"])
    assumes_weekends: bool = Field(description="Reaches beyond the table of holidays", examples=[False])
    ladder: list[LadderStepOut]
    pauses: list[ClockPauseOut]
    adjustments: list[ClockAdjustmentOut]


@router.get("/requests/{int:request_id}/clocks", response=list[ClockDetailOut])
def list_clocks(request: SignedInRequest, request_id: PathId) -> list[dict[str, Any]]:
    """All of them, the first ones first; one that was promised again has a further round."""
    return [_detail(shown) for shown in clocks_shown(one(request, request_id))]


def _detail(shown: ShownClock) -> dict[str, Any]:
    clock = shown.clock
    rungs = zip(clock.ladder.rungs, clock.steps_at, strict=True)
    return {
        **ClockOut.model_validate(clock).model_dump(),
        "explanation": shown.sentence,
        "policy_source": clock.policy.source,
        "chosen_by": shown.why,
        "assumes_weekends": clock.assumes_weekends,
        "ladder": [
            {"percent": percent, "to": to, "at": at, "is_taken": percent <= clock.level} for (percent, to), at in rungs
        ],
        "pauses": list(clock.pauses.all()),
        "adjustments": list(clock.adjustments.all()),
    }
