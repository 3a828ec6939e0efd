"""What the database itself holds about rules that are written in versions, whoever writes."""

# ruff: noqa: S608 (the SQL of triggers, put together from constants)

from collections.abc import Sequence

import pgtrigger

from gongying.common.guards import Guard, refuse_when


def versions_in_order(name: str, *, scope: Sequence[str]) -> pgtrigger.Trigger:
    """A scope's versions follow one another in number and in time; what was given up cannot be given up again."""
    present, new = ", ".join(scope), ", ".join(f"NEW.{column}" for column in scope)
    return Guard(
        name=f"{name}_in_order",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("last", "record")],
        func=f"SELECT version, valid_from, is_given_up INTO last FROM servicedesk_{name}"
        f" WHERE ROW({present}) IS NOT DISTINCT FROM ROW({new}) ORDER BY version DESC LIMIT 1;\n"
        + refuse_when(
            "NEW.version NOT BETWEEN 1 AND coalesce(last.version, 0) + 1 OR NEW.valid_from < last.valid_from",
            f"{name}: versions follow one another",
        )
        + refuse_when("NEW.is_given_up AND coalesce(last.is_given_up, true)", f"{name}: there is nothing to give up")
        + "RETURN NEW;",
    )


def targets_guard() -> pgtrigger.Trigger:
    """Nobody is on site before anybody has answered, and nothing is solved before somebody was there."""
    length = (
        "CASE {row}.unit WHEN 'agreed' THEN NULL WHEN 'working_days' THEN {row}.amount * 1440"
        " WHEN 'calendar_days' THEN ({row}.amount + 1) * 1440 ELSE {row}.amount END"
    )
    place = "array_position(ARRAY['first_response', 'on_site', 'resolution'], {row}.metric::text)"
    earlier, later = ({"row": row} for row in ("other", "NEW"))
    return Guard(
        name="servicetimetarget_in_order",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=refuse_when(
            "EXISTS (SELECT FROM servicedesk_servicetimetarget other WHERE other.policy_id = NEW.policy_id"
            f" AND (({place.format(**earlier)} < {place.format(**later)}"
            f" AND {length.format(**earlier)} > {length.format(**later)})"
            f" OR ({place.format(**earlier)} > {place.format(**later)}"
            f" AND {length.format(**earlier)} < {length.format(**later)})))",
            "servicetimetarget: what comes first takes no longer",
        )
        + "RETURN NEW;",
    )


def ladder_guard(*, recipients: Sequence[str], longest: int) -> pgtrigger.Trigger:
    """Steps that rise, each reaching somebody known, one of them when the time is over."""
    known = ", ".join(f"'{to}'" for to in recipients)
    steps = "jsonb_array_elements(NEW.steps) WITH ORDINALITY AS step(value, place)"
    percent = "(step.value ->> 'percent')::numeric"
    return Guard(
        name="escalationladder_rises",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=refuse_when("jsonb_typeof(NEW.steps) <> 'array'", "escalationladder: its steps are a list")
        + refuse_when(
            f"EXISTS (SELECT FROM {steps} WHERE jsonb_typeof(step.value -> 'percent') IS DISTINCT FROM 'number'"
            f" OR coalesce(step.value ->> 'to', '') NOT IN ({known}))",
            "escalationladder: each step reaches somebody at a per cent",
        )
        + refuse_when(
            f"EXISTS (SELECT FROM (SELECT {percent} AS here, lag({percent}, 1, 0.0) OVER (ORDER BY place) AS before"
            f" FROM {steps}) rung WHERE here <= before OR here > {longest} OR here <> trunc(here))",
            "escalationladder: steps rise",
        )
        + refuse_when(
            f"NOT EXISTS (SELECT FROM {steps} WHERE {percent} = 100)", "escalationladder: the end of the time is a step"
        )
        + "RETURN NEW;",
    )
