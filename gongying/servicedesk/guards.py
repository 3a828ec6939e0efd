"""What the database itself holds about the flow of a case, whoever writes (invariants 7, 9, 10, 11, 14, 15).

A *case* (request or work order) passes through *stages*: rows with who and when, never deleted. A step is proven by
closing the row of the stage that is left; at commit, the case stands in the one open stage of its state. What a stage
must have produced before it is left is an SQL condition per step, over evidence rows that point at that stage.
"""

# ruff: noqa: S608 (the SQL of triggers, put together from constants)

from collections.abc import Mapping, Sequence

import pgtrigger

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows

Step = tuple[str, str]


def keep_as_written(name: str) -> list[pgtrigger.Trigger]:
    """Rows are never changed or deleted: evidence."""
    refuse = f"RAISE EXCEPTION '{name}: evidence is kept as written' USING ERRCODE = 'check_violation';"
    return [
        Guard(name=f"{name}_as_written", when=pgtrigger.Before, operation=pgtrigger.Update, func=refuse),
        *keep_rows(name),
    ]


def case_guards(
    name: str, *, stages: str, fk: str, requires: Mapping[Step, Mapping[str, str]]
) -> list[pgtrigger.Trigger]:
    """Guards of a table of cases whose stages are in table `stages` (by column `fk`).

    `requires` maps a step (from, to) to {what is missing: SQL condition}; a condition may use NEW, OLD and `spell`,
    the stage row that is being left.
    """
    return [
        Guard(
            name=f"{name}_stage_left",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
            condition=pgtrigger.Condition("OLD.state IS DISTINCT FROM NEW.state"),
            declare=[("spell", "record")],
            func=_stage_was_left(name, stages, fk) + _evidence(name, requires) + "RETURN NEW;",
        ),
        Guard(
            name=f"{name}_stage_entered",
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
            timing=pgtrigger.Deferred,
            func=_stands_in_its_stage(name, cases=f"servicedesk_{name}", stages=stages, fk=fk, case_id="NEW.id")
            + "RETURN NULL;",
        ),
        *keep_rows(name),
    ]


def stage_guards(name: str, *, cases: str, fk: str) -> list[pgtrigger.Trigger]:
    """Guards of a table of stages of the cases in table `cases`."""
    table = f"servicedesk_{name}"
    entered = (
        f"SELECT state INTO case_state FROM {cases} WHERE id = NEW.{fk};\n"
        + refuse_when(
            "NEW.left_at IS NOT NULL OR NEW.stage IS DISTINCT FROM case_state",
            f"{name}: a stage is entered with the state of its case",
        )
        + f"SELECT stage INTO last_stage FROM {table} WHERE {fk} = NEW.{fk} ORDER BY id DESC LIMIT 1;\n"
        + refuse_when("last_stage = NEW.stage", f"{name}: the case is in this stage already")
        + "RETURN NEW;"
    )
    left_once = refuse_when(
        "OLD.left_at IS NOT NULL OR NEW.left_at IS NULL"
        " OR (to_jsonb(NEW) - 'left_at' - 'left_by_id') IS DISTINCT FROM (to_jsonb(OLD) - 'left_at' - 'left_by_id')",
        f"{name}: a stage is left once, nothing else of it changes",
    )
    return [
        Guard(
            name=f"{name}_entered",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("case_state", "text"), ("last_stage", "text")],
            func=entered,
        ),
        Guard(name=f"{name}_left", when=pgtrigger.Before, operation=pgtrigger.Update, func=left_once + "RETURN NEW;"),
        Guard(
            name=f"{name}_followed",
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            timing=pgtrigger.Deferred,
            func=_stands_in_its_stage(name, cases=cases, stages=table, fk=fk, case_id=f"NEW.{fk}") + "RETURN NULL;",
        ),
        *keep_rows(name),
    ]


def evidence_guards(name: str, *, stages: str, fk: str, given_in: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Evidence belongs to the stage in which its case stands when it is given, and is kept as written."""
    allowed = ", ".join(f"'{stage}'" for stage in given_in)
    belongs = (
        f"NOT EXISTS (SELECT FROM {stages} spell WHERE spell.id = NEW.stage_id AND spell.{fk} = NEW.{fk}"
        f" AND spell.left_at IS NULL AND spell.stage IN ({allowed}))"
    )
    return [
        Guard(
            name=f"{name}_in_time",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=refuse_when(belongs, f"{name}: not in the stage where this may be said") + "RETURN NEW;",
        ),
        *keep_as_written(name),
    ]


def effect_guard(name: str, *, stages: str, fk: str, leads_to: Sequence[str]) -> pgtrigger.Trigger:
    """Evidence that means a step (a closure, a cancellation): at commit the step was taken."""
    targets = ", ".join(f"'{stage}'" for stage in leads_to)
    missing = (
        f"NOT EXISTS (SELECT FROM {stages} spell WHERE spell.{fk} = NEW.{fk} AND spell.id > NEW.stage_id"
        f" AND spell.stage IN ({targets}))"
    )
    return Guard(
        name=f"{name}_takes_effect",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        timing=pgtrigger.Deferred,
        func=refuse_when(missing, f"{name}: written without the step it stands for") + "RETURN NULL;",
    )


def kind_change_guard() -> pgtrigger.Trigger:
    """A request changes its kind with history, and only before the work begins (R-204)."""
    return Guard(
        name="request_kind_change",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("kind"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("OLD.kind IS DISTINCT FROM NEW.kind"),
        declare=[("change", "record")],
        func="SELECT from_kind, to_kind INTO change FROM servicedesk_kindchange"
        " WHERE service_request_id = OLD.id ORDER BY id DESC LIMIT 1;\n"
        + refuse_when(
            "change.from_kind IS DISTINCT FROM OLD.kind OR change.to_kind IS DISTINCT FROM NEW.kind",
            "request: a change of kind keeps its history",
        )
        + refuse_when(
            "OLD.state NOT IN ('registered', 'received', 'accepted')",
            "request: the kind is settled once the work has begun",
        )
        + "RETURN NEW;",
    )


def work_of_open_request_guard() -> pgtrigger.Trigger:
    """At commit, unfinished work belongs to a request that is being handled."""
    return Guard(
        name="work_order_of_open_request",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("state"),  # type: ignore[no-untyped-call]
        timing=pgtrigger.Deferred,
        func=refuse_when(
            "EXISTS (SELECT FROM servicedesk_workorder work JOIN servicedesk_servicerequest request"
            " ON request.id = work.service_request_id WHERE work.id = NEW.id AND work.state NOT IN"
            " ('done', 'checked', 'cancelled') AND request.state NOT IN"
            " ('accepted', 'in_progress', 'verifying', 'handling'))",
            "work_order: work goes on only while its request is handled",
        )
        + "RETURN NULL;",
    )


def overlap_guard(*, holding: Sequence[str], constraint: str) -> pgtrigger.Trigger:
    """A job that was allowed to overlap others is outside the exclusion constraint, but still holds its time.

    Whoever is planned into it without a reason of his own is refused (invariant 17). The row of the worker is locked, as
    the operation does: two planners at once see one another.
    """
    states = ", ".join(f"'{state}'" for state in holding)
    is_new = (
        f"TG_OP = 'INSERT' OR OLD.state NOT IN ({states})"
        " OR (OLD.doer_id, OLD.planned_from, OLD.planned_to, OLD.overlap_allowed_by_id)"
        " IS DISTINCT FROM (NEW.doer_id, NEW.planned_from, NEW.planned_to, NEW.overlap_allowed_by_id)"
    )
    overlaps = (
        "NEW.overlap_allowed_by_id IS NULL AND EXISTS (SELECT FROM servicedesk_workorder other"
        " WHERE other.doer_id = NEW.doer_id AND other.id <> NEW.id AND other.overlap_allowed_by_id IS NOT NULL"
        f" AND other.state IN ({states})"
        " AND other.planned_from < NEW.planned_to AND other.planned_to > NEW.planned_from)"
    )
    return Guard(
        name="work_order_overlap_blocks",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf("state", "doer_id", "planned_from", "planned_to", "overlap_allowed_by_id"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition(
            f"NEW.doer_id IS NOT NULL AND NEW.planned_from IS NOT NULL AND NEW.state IN ({states})"
        ),
        func=f"IF {is_new} THEN\n"
        "PERFORM FROM organization_staffmember WHERE user_id = NEW.doer_id FOR NO KEY UPDATE;\n"
        f"IF {overlaps} THEN RAISE EXCEPTION 'work_order: another job holds this time'"
        f" USING ERRCODE = 'exclusion_violation', CONSTRAINT = '{constraint}'; END IF;\n"
        "END IF;\nRETURN NEW;",
    )


def agreed_amount_guard() -> pgtrigger.Trigger:
    """Whoever agrees to a price agrees to an amount (E-047). A yes from before amounts were kept stays as it was."""
    return Guard(
        name="request_agrees_to_an_amount",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("price_agreed", "agreed_amount"),  # type: ignore[no-untyped-call]
        condition=pgtrigger.Condition("NEW.price_agreed AND NEW.agreed_amount IS NULL"),
        func=refuse_when(
            "TG_OP = 'INSERT' OR NOT OLD.price_agreed OR OLD.agreed_amount IS NOT NULL",
            "request: a price is agreed to with its amount",
        )
        + "RETURN NEW;",
    )


def payment_guard() -> pgtrigger.Trigger:
    """A payment stands in the project of its request; one that takes another back is its opposite (E-047)."""
    return Guard(
        name="payment_fits",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        declare=[("original", "record")],
        func=refuse_when(
            "NOT EXISTS (SELECT FROM servicedesk_servicerequest request"
            " WHERE request.id = NEW.service_request_id AND request.project_id = NEW.project_id)",
            "payment: not in the project of its request",
        )
        + "IF NEW.reverses_id IS NOT NULL THEN\n"
        "SELECT * INTO original FROM servicedesk_payment WHERE id = NEW.reverses_id;\n"
        + refuse_when(
            "original.reverses_id IS NOT NULL OR original.service_request_id <> NEW.service_request_id"
            " OR original.amount + NEW.amount <> 0",
            "payment: not the opposite of what it takes back",
        )
        + "END IF;\nRETURN NEW;",
    )


def ticks_guard(*, number: int) -> pgtrigger.Trigger:
    """All ticks of the check list, or a reason (invariant 15)."""
    return Guard(
        name="workcompletion_ticked",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=refuse_when(
            "NEW.missing_reason = '' AND (SELECT count(*) FROM jsonb_each(NEW.ticks) tick"
            f" WHERE tick.value = 'true'::jsonb) < {number}",
            "work_order: all ticks or a reason",
        )
        + "RETURN NEW;",
    )


def _stage_was_left(name: str, stages: str, fk: str) -> str:
    return f"SELECT * INTO spell FROM {stages} WHERE {fk} = OLD.id ORDER BY id DESC LIMIT 1;\n" + refuse_when(
        "spell.id IS NULL OR spell.stage <> OLD.state OR spell.left_at IS NULL",
        f"{name}: a stage is left with who and when",
    )


def _evidence(name: str, requires: Mapping[Step, Mapping[str, str]]) -> str:
    checks = ""
    for (source, target), conditions in requires.items():
        step = f"OLD.state = '{source}' AND NEW.state = '{target}'" if source else f"NEW.state = '{target}'"
        for missing, condition in conditions.items():
            checks += refuse_when(f"{step} AND NOT coalesce(({condition}), false)", f"{name}: {missing} is missing")
    return checks


def _stands_in_its_stage(name: str, *, cases: str, stages: str, fk: str, case_id: str) -> str:
    return refuse_when(
        f"NOT EXISTS (SELECT FROM {cases} kase JOIN {stages} spell ON spell.{fk} = kase.id"
        f" WHERE kase.id = {case_id} AND spell.left_at IS NULL AND spell.stage = kase.state)",
        f"{name}: the case does not stand in the stage of its state",
    )
