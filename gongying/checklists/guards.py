"""What the database itself holds about check lists, whoever writes."""

# ruff: noqa: S608 (the SQL of triggers, put together from constants)

import pgtrigger

from gongying.checklists.enums import OF_A_POST
from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import append_only, keep_rows

IN_LEVELS = "({})".format(", ".join(f"'{use}'" for use in OF_A_POST))
SCOPE = "(project_id, key) IS NOT DISTINCT FROM"


def list_guards() -> list[pgtrigger.Trigger]:
    """Versions follow one another, and each stays as it was written."""
    return [
        *append_only("check_list"),
        Guard(
            name="check_list_in_order",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=refuse_when(
                "NEW.version <> 1 + coalesce((SELECT max(version) FROM checklists_checklist"
                f" WHERE {SCOPE} (NEW.project_id, NEW.key)), 0)",
                "check_list: versions follow one another",
            )
            + refuse_when(
                "EXISTS (SELECT FROM checklists_checklist WHERE key = NEW.key AND use <> NEW.use)",
                "check_list: its use stays",
            )
            + "RETURN NEW;",
        ),
    ]


def item_guards() -> list[pgtrigger.Trigger]:
    """What is ticked already does not grow."""
    return [
        *append_only("check_item"),
        Guard(
            name="check_item_before_use",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            func=refuse_when(
                "EXISTS (SELECT FROM checklists_checkrun run WHERE run.check_list_id = NEW.check_list_id)",
                "check_item: this version is in use",
            )
            + refuse_when(
                "NEW.level = '' AND EXISTS (SELECT FROM checklists_checklist list"
                f" WHERE list.id = NEW.check_list_id AND list.use IN {IN_LEVELS})",
                "check_item: this standard has levels",
            )
            + "RETURN NEW;",
        ),
    ]


def run_guards() -> list[pgtrigger.Trigger]:
    """A run begins under the version in force, keeps it, and ends once, with every item ticked."""
    facts = "(check_list_id, use, project_id, building_id, entrance_id, day, about, person_id, post_id, started_by_id, started_at)"
    fixed = facts.replace("(", "(OLD.").replace(", ", ", OLD.")
    now = facts.replace("(", "(NEW.").replace(", ", ", NEW.")
    return [
        *keep_rows("check_run"),
        Guard(
            name="check_run_in_force",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            declare=[("list", "record")],
            func="SELECT * INTO list FROM checklists_checklist WHERE id = NEW.check_list_id;\n"
            + refuse_when(
                "list.use <> NEW.use OR list.project_id <> NEW.project_id", "check_run: a list of another use or place"
            )
            + refuse_when(
                f"EXISTS (SELECT FROM checklists_checklist WHERE {SCOPE} (list.project_id, list.key)"
                " AND version > list.version)",
                "check_run: a newer version of the list is in force",
            )
            + refuse_when("NEW.finished_at IS NOT NULL", "check_run: it begins unfinished")
            + "RETURN NEW;",
        ),
        Guard(
            name="check_run_kept_as_begun",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=refuse_when(f"{now} IS DISTINCT FROM {fixed}", "check_run: what it is about stays")
            + refuse_when("OLD.finished_at IS NOT NULL", "check_run: it is finished once")
            + refuse_when(
                "NEW.finished_at IS NOT NULL AND EXISTS (SELECT FROM checklists_checkitem item"
                " WHERE item.check_list_id = NEW.check_list_id AND NOT EXISTS"
                " (SELECT FROM checklists_tick tick WHERE tick.run_id = NEW.id AND tick.item_id = item.id))",
                "check_run: every item is ticked first",
            )
            + "RETURN NEW;",
        ),
    ]


def tick_guards() -> list[pgtrigger.Trigger]:
    """A tick belongs to an item of its run's list, and changes only while the run lasts."""
    return [
        *keep_rows("tick"),
        Guard(
            name="tick_of_its_list",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Update,
            declare=[("run", "record")],
            # Locked, so that nobody finishes the run at this moment.
            func="SELECT * INTO run FROM checklists_checkrun WHERE id = NEW.run_id FOR SHARE;\n"
            + refuse_when("run.finished_at IS NOT NULL", "tick: the run is finished")
            + refuse_when(
                "NOT EXISTS (SELECT FROM checklists_checkitem item"
                " WHERE item.id = NEW.item_id AND item.check_list_id = run.check_list_id)",
                "tick: an item of another list",
            )
            + "RETURN NEW;",
        ),
    ]
