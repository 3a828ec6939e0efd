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


def check_list_guard(*, most: int) -> pgtrigger.Trigger:
    """The items of a check list say something, each once."""
    return Guard(
        name="categoryrules_list_whole",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=refuse_when(
            f"cardinality(NEW.check_list) > {most} OR EXISTS (SELECT FROM unnest(NEW.check_list) AS item"
            " WHERE btrim(item) = '') OR (SELECT count(DISTINCT item) FROM unnest(NEW.check_list) AS item)"
            " < cardinality(NEW.check_list)",
            "categoryrules: the items of a check list are words, each once",
        )
        + "RETURN NEW;",
    )


def demands_guards() -> list[pgtrigger.Trigger]:
    """A finished job proves what the rules ask under which its request runs, or says of each thing why not (R-197).

    Photos and the signature are looked for at commit: they are attached once the completion is there.
    """
    rules = (
        "SELECT rules.* INTO asked FROM servicedesk_workorder work JOIN servicedesk_servicerequest request"
        " ON request.id = work.service_request_id JOIN servicedesk_categoryrules rules"
        " ON rules.id = request.rules_id WHERE work.id = NEW.work_order_id;\n"
    )
    labels = (("photo_before", "before"), ("photo_after", "after"), ("signature", "signature"))
    unexcused = "btrim(coalesce(NEW.evidence_reasons ->> '{kind}', '')) = ''"
    attached = (
        f"'{{kind}}' = ANY (asked.evidence) AND {unexcused} AND NOT EXISTS (SELECT FROM files_attachmentuse use"
        " WHERE use.kind = 'workorder' AND use.object_id = NEW.work_order_id AND use.label = '{label}')"
    )
    return [
        Guard(
            name="workcompletion_proves",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("asked", "record")],
            func=rules
            + refuse_when(
                "EXISTS (SELECT FROM unnest(asked.check_list) AS item"
                " WHERE (NEW.check_list -> item) IS DISTINCT FROM 'true'::jsonb"
                " AND btrim(coalesce(NEW.check_list_reasons ->> item, '')) = '')",
                "work_order: the whole check list, or a reason for each item",
            )
            + refuse_when(
                f"'meter' = ANY (asked.evidence) AND NEW.meter_reading = '' AND {unexcused.format(kind='meter')}",
                "work_order: a meter reading or a reason",
            )
            + "RETURN NEW;",
        ),
        Guard(
            name="workcompletion_shows",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            declare=[("asked", "record")],
            func=rules
            + "".join(
                refuse_when(attached.format(kind=kind, label=label), f"work_order: {label} is missing, or its reason")
                for kind, label in labels
            )
            + "RETURN NULL;",
        ),
    ]


def follow_up_guard() -> pgtrigger.Trigger:
    """Where the rules say so, nobody asks about his own work."""
    return Guard(
        name="followup_by_another",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=refuse_when(
            "EXISTS (SELECT FROM servicedesk_servicerequest request JOIN servicedesk_categoryrules rules"
            " ON rules.id = request.rules_id JOIN servicedesk_workorder work ON work.service_request_id = request.id"
            " WHERE request.id = NEW.service_request_id AND rules.follow_up_by = 'not_doer'"
            " AND work.doer_id = NEW.by_id AND work.state <> 'cancelled')",
            "followup: by somebody other than the doer",
        )
        + "RETURN NEW;",
    )


def rules_stay_guard() -> pgtrigger.Trigger:
    """A request runs under one version of the rules of its category, to the end."""
    return Guard(
        name="request_keeps_rules",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("rules_id"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("OLD.rules_id IS DISTINCT FROM NEW.rules_id"),
        func="RAISE EXCEPTION 'request: it keeps the rules that it began under' USING ERRCODE = 'check_violation';",
    )
