"""What the database itself holds about the counted answers, whoever writes."""

# ruff: noqa: S608 (the SQL of triggers, put together from constants)

from typing import Final

import pgtrigger

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.moods.enums import Mood

COUNTERS: Final = tuple(mood.column for mood in Mood)


def tally_guards() -> list[pgtrigger.Trigger]:
    """A tally begins at nothing and grows by one answer at a time; in a week there are never more answers than people asked."""
    return [
        *keep_rows("mood_tally"),
        Guard(
            name="mood_tally_begins_at_nothing",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=refuse_when(f"{_together('NEW')} <> 0", "mood_tally: it begins at nothing") + "RETURN NEW;",
        ),
        Guard(
            name="mood_tally_grows_by_one",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=refuse_when(
                "(NEW.week, NEW.project_id, NEW.department_id) IS DISTINCT FROM"
                " (OLD.week, OLD.project_id, OLD.department_id)"
                f" OR {_together('NEW')} <> {_together('OLD')} + 1 OR "
                + " OR ".join(f"NEW.{name} < OLD.{name}" for name in COUNTERS),
                "mood_tally: one answer more, and nothing else",
            )
            + refuse_when(
                f"(SELECT coalesce(sum({_together('other')}), 0) FROM moods_moodtally other"
                f" WHERE other.week = NEW.week AND other.id <> NEW.id) + {_together('NEW')}"
                " > (SELECT count(*) FROM moods_participation asked WHERE asked.week = NEW.week)",
                "mood_tally: more answers than people",
            )
            + "RETURN NEW;",
        ),
    ]


def _together(row: str) -> str:
    return " + ".join(f"{row}.{name}" for name in COUNTERS)
