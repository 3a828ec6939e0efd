"""The product's own files, as the structure tests read them."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gongying"


def python_files(*folders: str) -> list[Path]:
    found = [path for folder in folders or ("gongying",) for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def templates() -> list[Path]:
    return sorted(PACKAGE.rglob("templates/**/*.html"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def app_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


def place_of(path: Path, node: ast.AST | None = None) -> str:
    line = f":{node.lineno}" if node is not None and hasattr(node, "lineno") else ""
    return f"{path.relative_to(ROOT)}{line}"


def views_and_api() -> list[Path]:
    return [
        path
        for path in python_files()
        if {"views", "api"} & set(path.relative_to(PACKAGE).parts) or path.name in ("views.py", "api.py")
    ]


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef):
            yield node


def ladder() -> list[set[str]]:
    """The rungs as `pyproject.toml` has them, the highest first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = [c for c in settings["tool"]["importlinter"]["contracts"] if c["containers"] == ["gongying"]]
    return [{app.strip(" ()") for app in rung.split("|")} for rung in contract["layers"]]


def rung_of(app: str) -> int:
    """0 is the lowest."""
    return next(height for height, apps in enumerate(reversed(ladder())) if app in apps)
