"""State machines: one table of transitions, from which the guards, the database triggers and the buttons are made.

    MACHINE = Machine(
        "request", initial=["registered"], transitions=[
            Transition("accept", ["registered"], "accepted", permission="servicedesk.accept_request"),
            …
        ])

`MACHINE.check("accept", state)` refuses in an operation, `MACHINE.triggers("state")` guards the table against every
other writer, `MACHINE.possible(state)` lists what a page may offer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pgtrigger
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.common.guards import Guard, refuse_when


@dataclass(frozen=True)
class Transition:
    """One verb: from which states it may be done, and the state it leads to."""

    verb: str
    sources: Sequence[str]
    target: str
    permission: str = ""
    label: str | Promise = ""
    # A reason (or evidence) the person must give; the button opens a form instead of acting at once.
    needs_form: bool = False


class Machine:
    """A state machine over one text column."""

    def __init__(self, name: str, *, initial: Iterable[str], transitions: Iterable[Transition]) -> None:
        self.name = name
        self.initial = tuple(initial)
        self.transitions = tuple(transitions)

    def __repr__(self) -> str:
        return f"Machine({self.name!r})"

    def find(self, verb: str, state: str) -> Transition | None:
        return next((t for t in self.transitions if t.verb == verb and state in t.sources), None)

    def possible(self, state: str) -> list[Transition]:
        """What may happen next, in the order of the table."""
        return [t for t in self.transitions if state in t.sources]

    def check(self, verb: str, state: str, *, label: str | Promise = "") -> str:
        """The state that `verb` leads to; raise `Refused` where the table has no such step."""
        transition = self.find(verb, state)
        if transition is None:
            raise Refused(
                _("This step is not possible now: it is at “%(state)s”.") % {"state": label or state},
                current={"state": str(state), "possible": sorted({t.verb for t in self.possible(state)})},
            )
        return transition.target

    @property
    def moves(self) -> list[tuple[str, str]]:
        """All allowed (from, to) pairs, sorted."""
        return sorted({(source, t.target) for t in self.transitions for source in t.sources})

    def triggers(self, column: str, *, where: str = "") -> list[pgtrigger.Trigger]:
        """Database guards: a row starts in an initial state and takes no step that the table does not list.

        `where` (an SQL condition on NEW) limits the machine to some rows of the table.
        """
        condition = f"({where}) AND " if where else ""
        initial = ", ".join(f"'{state}'" for state in self.initial)
        moves = ", ".join(f"('{source}', '{target}')" for source, target in self.moves)
        return [
            Guard(
                name=f"{self.name}_first_state",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=_refuse_unless(
                    f"NOT ({condition}NEW.{column} NOT IN ({initial}))",
                    f"{self.name}: a row cannot start in state %', NEW.{column} || '",
                ),
            ),
            Guard(
                name=f"{self.name}_transitions",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf(column),  # type: ignore[no-untyped-call]
                condition=pgtrigger.Condition(f"OLD.{column} IS DISTINCT FROM NEW.{column}"),
                func=_refuse_unless(
                    f"NOT ({condition}(OLD.{column}, NEW.{column}) NOT IN (VALUES {moves}))",
                    f"{self.name}: no step from % to %', OLD.{column}, NEW.{column} || '",
                ),
            ),
        ]


def _refuse_unless(truth: str, message: str) -> str:
    return f"""
        IF NOT ({truth}) THEN
            RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    """


def append_only(name: str) -> list[pgtrigger.Trigger]:
    """Guards for a journal: rows are added, never changed, deleted or truncated."""
    refuse = f"RAISE EXCEPTION '{name}: the journal is append-only' USING ERRCODE = 'check_violation';"
    return [
        Guard(name=f"{name}_keep", when=pgtrigger.Before, operation=pgtrigger.Update | pgtrigger.Delete, func=refuse),
        Guard(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refuse,
        ),
    ]


def keep_rows(name: str) -> list[pgtrigger.Trigger]:
    """Rows are never deleted."""
    refuse = f"RAISE EXCEPTION '{name}: rows are kept' USING ERRCODE = 'check_violation';"
    return [
        Guard(name=f"{name}_kept", when=pgtrigger.Before, operation=pgtrigger.Delete, func=refuse),
        Guard(
            name=f"{name}_no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=refuse,
        ),
    ]


def ends_once(name: str, *, closed_by: Sequence[str], leaves_open: Sequence[str], words: str) -> pgtrigger.Trigger:
    """A row that stands until one of the moments `closed_by` is written; until then only `leaves_open` change besides."""
    ended = " OR ".join(f"OLD.{column} IS NOT NULL" for column in closed_by)
    open_columns = ", ".join(f"'{column}'" for column in [*closed_by, *leaves_open])
    changed = f"(to_jsonb(NEW) - ARRAY[{open_columns}]) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY[{open_columns}])"
    return Guard(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=refuse_when(f"{ended} OR {changed}", words) + "RETURN NEW;",
    )
