"""Views and API: they reach rows only as the user may see them, and say by which method they are called."""

import ast
from importlib import import_module

from django.apps import apps
from django.urls import get_resolver

from tests.structure.sources import functions, place_of, tree_of, views_and_api

# Guarded models that a view may read in full, with the reason. Written as "file: Model".
READ_IN_FULL: dict[str, str] = {
    "gongying/interactions/api/promises.py: Promise": "read again after it was reached through visible_to",
    "gongying/servicedesk/views/work_orders.py: WorkOrder": "lists start there and are then cut; a doer sees the last"
    " jobs at the unit he works in (ux 2.6)",
    "gongying/servicedesk/forms/views.py: SavedView": "her own views' names",
}
# `of(thing)` reads what hangs on a row that was itself reached through `visible_to`; `create` reads nothing.
WAYS = {"visible_to", "of", "create"}
DECORATORS = {"require_safe", "require_GET", "require_POST", "require_http_methods"}


def guarded_models() -> set[str]:
    """Models whose rows not everybody sees: their manager knows `visible_to`."""
    return {
        model.__name__
        for model in apps.get_models()
        if model.__module__.startswith("gongying.") and hasattr(model._default_manager, "visible_to")
    }


def test_there_are_guarded_models():
    assert {"Unit", "Project", "Party", "Attachment", "Interaction"} <= guarded_models()


def test_views_and_api_reach_rows_only_through_visible_to():
    guarded = guarded_models()
    wrong = []
    for path in views_and_api():
        for node in ast.walk(tree_of(path)):
            model = unguarded_access(node, guarded)
            if model and f"{place_of(path)}: {model}" not in READ_IN_FULL:
                wrong.append(f"{place_of(path, node)}: {model}")

    assert wrong == []


def unguarded_access(node: ast.AST, guarded: set[str]) -> str:
    """`Unit.objects.filter(…)`, `get_object_or_404(Unit, …)`; empty for `Unit.objects.visible_to(…)`."""
    if isinstance(node, ast.Attribute) and node.attr not in WAYS and isinstance(node.value, ast.Attribute):
        manager = node.value
        if manager.attr in ("objects", "_default_manager") and isinstance(manager.value, ast.Name):
            return manager.value.id if manager.value.id in guarded else ""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.startswith("get_object_or_404"):
        first = node.args[0] if node.args else None
        return first.id if isinstance(first, ast.Name) and first.id in guarded else ""
    return ""


def test_the_check_sees_what_it_must_see():
    guarded = {"Unit"}
    bad = ["Unit.objects.get(pk=1)", "Unit.objects.filter(a=1)", "get_object_or_404(Unit, pk=1)"]
    good = ["Unit.objects.visible_to(user).get(pk=1)", "get_object_or_404(Unit.objects.visible_to(u), pk=1)"]

    def found(code: str) -> set[str]:
        return {unguarded_access(node, guarded) for node in ast.walk(ast.parse(code))} - {""}

    assert [found(code) for code in bad] == [{"Unit"}] * len(bad)
    assert [found(code) for code in good] == [set()] * len(good)


def test_every_view_says_by_which_methods_it_is_called():
    wrong = [
        place_of(path, function)
        for path in views_and_api()
        if "views" in path.parts or path.name == "views.py"
        for function in functions(path)
        if is_view(path, function) and not DECORATORS & {name_of(decorator) for decorator in function.decorator_list}
    ]

    assert wrong == []


def is_view(path, function: ast.FunctionDef) -> bool:
    return function in tree_of(path).body and f"{function.name}" in called_views(path)


def called_views(path) -> set[str]:
    module = place_of(path).removesuffix(".py").replace("/", ".")
    return {name for where, name in _views_of(get_resolver()) if where == module}


def _views_of(resolver):
    for entry in resolver.url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from _views_of(entry)
        else:
            callback = entry.callback
            yield callback.__module__, getattr(callback, "__name__", "")


def name_of(node: ast.expr) -> str:
    target = node.func if isinstance(node, ast.Call) else node
    return target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def test_the_url_table_names_modules_that_exist():
    modules = {module for module, _name in _views_of(get_resolver()) if module.startswith("gongying.")}

    assert modules
    assert all(import_module(module) for module in modules)
