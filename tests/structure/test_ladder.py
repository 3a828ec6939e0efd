"""What import-linter cannot see of the ladder: foreign keys, and the doors by which one app enters another."""

import ast

import pytest
from django.apps import apps

from tests.structure.sources import PACKAGE, app_of, place_of, python_files, rung_of, tree_of

# Every app may be entered here.
DOORWAYS = {"models", "operations", "enums", "signals", "rules"}
# Further doors, each a small contract that `docs/kernel.md` or the module itself explains.
FURTHER = {
    "accounts": {
        "requests": "the type of a request behind the log-in",
        "idempotency": "do a thing once however often it is sent",
        "pacing": "how fast a caller may ask",
    },
    "events": {
        "subjects": "kinds with timelines",
        "streams": "who hears of what",
        "presentation": "how verbs read",
    },
    "files": {"forms": "the fields for photos and files"},
    "notifications": {"digests": "what the summary of the day counts"},
    "organization": {
        "access": "whose permissions",
        "workload": "what is open at a place",
        "matters": "what lies with a person",
    },
    "estates": {
        "offers": "what forms offer of places",
        "asked": "what a register was asked for by its address",
        "scopes": "which places somebody sees",
        "alike": "somebody of the same kind",
        "stewards": "who serves a place",
        "repartition": "which places a territory covers",
        "room_codes": "unit codes as people write them",
        "spoken_codes": "which unit somebody means",
        "row_codes": "which unit a row of a sheet speaks of",
    },
    "group_chats": {"texts": "what can be told in a chat group"},
    "customers": {
        "contact_points": "phones in one form",
        "plates": "number plates in one form",
        "masking": "numbers as they may stand on a screen",
        "importers": "the import that is measured",
        "audiences": "the phrases that fit whom one speaks to",
    },
    "checklists": {"wording": "names words to avoid beneath a field"},
    "handover": {"installation": "what an owner of a new flat is given"},
    "schedule": {
        "working_time": "pure arithmetic with working days and hours",
        "calendars": "the working calendar of a project",
        "task_lines": "the tasks of the demo, typed as people do",
    },
    "interactions": {
        "chats": "the pasted chat of the demo",
        "recognition": "whose its lines are",
        "circumstances": "what the desk says of a touch besides its matter",
        "fitting_reasons": "the few reasons that the quick entry offers",
    },
    "servicedesk": {
        "worklists": "the lists that the first page counts",
        "first_steps": "the one button of a row on the first page",
        "machines": "states for made-up volumes",
        "policy_choice": "service times for made-up volumes",
        "suggestions": "the category that words suggest",
    },
    "custody": {"forms": "a unit, a phone as they are typed at the desk"},
    "visits": {"coverage": "whom the demo visits"},
    "reception": {"machines": "the button of a waiting visitor on the first page"},
    "imports": {
        "importers": "register an import",
        "listings": "register an export",
        "destinations": "where imports go",
        "cells": "read a cell of a sheet",
        "complaints": "what a cell is refused with",
        "workbooks": "the type of a cell",
        "reading": "read a short list that somebody sends",
        "exports": "write a list as a workbook",
        "spreadsheets": "write rows as a workbook",
    },
}


def test_foreign_keys_point_down_the_ladder():
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("gongying."):
            continue
        app = model._meta.app_label
        for field in [*model._meta.fields, *model._meta.many_to_many]:
            target = field.related_model
            if target is None or not target.__module__.startswith("gongying."):
                continue
            other = target._meta.app_label
            if app != other and rung_of(other) >= rung_of(app):
                wrong.append(f"{model.__name__}.{field.name} → {target.__name__}")

    assert wrong == []


@pytest.mark.parametrize("app", sorted(path.name for path in PACKAGE.iterdir() if (path / "apps.py").exists()))
def test_another_app_is_entered_only_by_its_doorways(app):
    wrong = []
    for path in python_files(f"gongying/{app}"):
        for node in ast.walk(tree_of(path)):
            for name in imported(node):
                parts = name.split(".")
                if parts[0] != "gongying" or len(parts) < 3 or parts[1] in (app, "common"):
                    continue
                # An API module may show rows of another app as that app's own API shows them.
                doors = DOORWAYS | ({"api"} if "api" in path.stem or path.parent.name == "api" else set())
                if parts[2] not in doors | set(FURTHER.get(parts[1], {})):
                    wrong.append(f"{place_of(path, node)}: {name}")

    assert wrong == [], "Enter by models, operations, enums, signals, rules; or explain a further door in this test."


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        if node.module.count(".") == 1:  # from gongying.estates import scopes
            return [f"{node.module}.{alias.name}" for alias in node.names]
        return [node.module]
    return []


def test_every_app_stands_on_a_rung():
    assert [app_of(path) for path in PACKAGE.glob("*/apps.py") if rung_of(app_of(path)) < 0] == []
