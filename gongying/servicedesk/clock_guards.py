"""What the database itself holds about clocks, whoever writes (invariants 12, 13)."""

import pgtrigger

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import ends_once, keep_rows

FIXED = ("id", "service_request_id", "metric", "round", "policy_id", "ladder_id", "agreed", "started_at")
EXPLAINED = (
    "EXISTS (SELECT FROM servicedesk_clockpause pause WHERE pause.clock_id = NEW.id AND pause.ended_at IS NOT NULL"
    " AND pause.due_before = OLD.due_at AND pause.due_after = NEW.due_at)"
    " OR EXISTS (SELECT FROM servicedesk_clockadjustment change WHERE change.clock_id = NEW.id"
    " AND change.approved_at IS NOT NULL AND change.old_due = OLD.due_at AND change.new_due = NEW.due_at)"
)


def clock_guards() -> list[pgtrigger.Trigger]:
    """A due moment moves only by a pause or an approved adjustment; what was reached is not undone; rows are kept.

    Two triggers, each for its own columns: the sweep moves a hundred thousand clocks on and touches none of the first.
    """
    return [
        Guard(
            name="clock_due_explained",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("due_at", *FIXED),  # type: ignore[no-untyped-call]
            func=refuse_when(
                " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in FIXED),
                "clock: what it measures does not change",
            )
            + refuse_when(
                f"NEW.due_at IS DISTINCT FROM OLD.due_at AND NOT ({EXPLAINED})",
                "clock: a due time moves only by a pause or an approved adjustment",
            )
            + "RETURN NEW;",
        ),
        Guard(
            name="clock_not_undone",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("met_at", "ended_at", "breached_at", "level"),  # type: ignore[no-untyped-call]
            # Beside the trigger, not in it: a function called for each of them would cost more than the change.
            condition=pgtrigger.Condition(
                "((OLD.met_at IS NOT NULL AND NEW.met_at IS DISTINCT FROM OLD.met_at)"
                " OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)"
                " OR (OLD.breached_at IS NOT NULL AND NEW.breached_at IS NULL) OR NEW.level < OLD.level)"
            ),
            func="RAISE EXCEPTION 'clock: what was reached is not undone' USING ERRCODE = 'check_violation';",
        ),
        _shown_on_request(),
        *keep_rows("serviceclock"),
    ]


def pause_guards() -> list[pgtrigger.Trigger]:
    """A pause ends once, and says then how it moved the due moment."""
    return [
        ends_once(
            "clockpause_ends_once",
            closed_by=["ended_at"],
            leaves_open=["ended_by_id", "due_before", "due_after", "is_expired"],
            words="clock_pause: a pause ends once, nothing else of it changes",
        ),
        *keep_rows("clockpause"),
    ]


def adjustment_guards() -> list[pgtrigger.Trigger]:
    """A request for a later due moment is answered once."""
    return [
        ends_once(
            "clockadjustment_answered_once",
            closed_by=["approved_at", "declined_at"],
            leaves_open=["approved_by_id", "answer"],
            words="clock_adjustment: it is answered once, nothing else of it changes",
        ),
        *keep_rows("clockadjustment"),
    ]


def _shown_on_request() -> pgtrigger.Trigger:
    """The list reads one row a request: the clock that falls due next stands on it; one that stands still comes last."""
    return Guard(
        name="clock_shown_on_request",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("due_at", "soon_at", "met_at", "ended_at", "paused_at"),  # type: ignore[no-untyped-call]
        func="""
            UPDATE servicedesk_servicerequest request
            SET next_due_metric = coalesce(clock.metric, ''), next_due_at = clock.due_at, next_due_soon_at = clock.soon_at,
                next_due_paused = coalesce(clock.paused_at IS NOT NULL, false)
            FROM (SELECT) AS one LEFT JOIN LATERAL (
                SELECT metric, due_at, soon_at, paused_at FROM servicedesk_serviceclock
                WHERE service_request_id = NEW.service_request_id AND met_at IS NULL AND ended_at IS NULL
                ORDER BY paused_at IS NOT NULL, due_at, id LIMIT 1
            ) AS clock ON true
            WHERE request.id = NEW.service_request_id
                AND (request.next_due_metric, request.next_due_at, request.next_due_soon_at, request.next_due_paused) IS DISTINCT FROM
                    (coalesce(clock.metric, ''), clock.due_at, clock.soon_at, coalesce(clock.paused_at IS NOT NULL, false));
            RETURN NULL;
        """,
    )
