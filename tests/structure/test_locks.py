"""Two people at the same moment: what a lock must say, and what may not be read once it is held."""

import ast
from collections.abc import Iterator

from tests.structure.sources import functions, place_of, python_files, tree_of

KEYS = ("pk", "id")


def test_a_lock_says_whether_it_holds_the_key():
    """Who does not delete holds no key: others who only refer to the row need not wait, nor deadlock when they commit."""
    found = [
        place_of(path, node)
        for path in python_files()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "select_for_update"
        and not any(keyword.arg == "no_key" for keyword in node.keywords)
    ]

    assert found == []


def test_what_is_locked_is_read_as_it_is_then():
    """A row that is locked and thrown away leaves the function with the one that its caller read before: it may be stale."""
    found = [
        f"{place_of(path, function)} {function.name}: {name}"
        for path in python_files()
        for function in functions(path)
        for name in _thrown_away(function)
        if _is_read(function, name)
    ]

    assert found == []


def _thrown_away(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """`staff` of a line `StaffMember.objects.select_for_update(…).get(pk=staff.pk)`."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Expr) or "select_for_update(" not in ast.unparse(node):
            continue
        for keyword in (each for each in ast.walk(node) if isinstance(each, ast.keyword) and each.arg == "pk"):
            match keyword.value:
                case ast.Attribute(value=ast.Name(id=name), attr="pk"):
                    yield name


def _is_read(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == name
        and node.attr not in KEYS
        for node in ast.walk(function)
    )
