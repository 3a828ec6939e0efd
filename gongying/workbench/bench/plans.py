"""The plans of the hottest statements, looked at for what does not stay fast when tables grow.

Each statement of a measured call is explained right after it ran, with its own values, in its own transaction. What reads is run
a second time for that (`ANALYZE`); of what writes the plan is all. What a trigger does inside the database is not seen.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from gongying.common import planned

HOTTEST = 10
# Rows: a table that is read from end to end all the same, and what a page shows at most.
BIG_TABLE, PAGE = 10_000, 200
READS, WRITES = {"SELECT", "WITH", "EXECUTE"}, {"INSERT", "UPDATE", "DELETE"}
BIG_TABLES = """
    SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND reltuples >= %s
"""

Plan = dict[str, Any]


@dataclass
class Statement:
    """The same words with other values are the same statement. `milliseconds` are of one call of each line that sends it."""

    sql: str
    milliseconds: float = 0.0
    times: int = 0
    operations: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {**vars(self), "milliseconds": round(self.milliseconds, 1)}


class Statements:
    """Listens while a line is asked once."""

    def __init__(self) -> None:
        self._known: dict[str, Statement] = {}
        self._operation = ""
        self._explaining = False

    @contextmanager
    def of(self, operation: str) -> Iterator[None]:
        self._operation = operation
        with connection.execute_wrapper(self._listen):
            yield

    def hottest(self, number: int = HOTTEST) -> list[Statement]:
        return sorted(self._known.values(), key=lambda each: each.milliseconds, reverse=True)[:number]

    def _listen(self, execute: Callable[..., Any], sql: Any, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 Django's call
        start = time.perf_counter()
        result = execute(sql, parameters, many, context)
        milliseconds = (time.perf_counter() - start) * 1000
        word = sql.split(None, 1)[0].upper() if isinstance(sql, str) and sql.strip() else ""
        is_told = word in READS | WRITES or (isinstance(sql, str) and sql.startswith(planned.PLAN_ONCE))
        if is_told and not self._explaining and not many:
            self._note(sql, parameters, milliseconds)
        return result

    def _note(self, sql: str, parameters: Any, milliseconds: float) -> None:
        words = same_words(sql)
        statement = self._known.setdefault(words, Statement(words))
        statement.milliseconds += milliseconds
        statement.times += 1
        self._explaining = True
        try:
            found = findings(explain(sql, parameters), big_tables())
        finally:
            self._explaining = False
        statement.findings += [each for each in found if each not in statement.findings]
        if self._operation not in statement.operations:
            statement.operations.append(self._operation)


def same_words(sql: str) -> str:
    """Lists of values may be of any length."""
    return re.sub(r"\(\s*%s(?:\s*,\s*%s)+\s*\)", "(%s, …)", " ".join(sql.split()))


def explain(sql: str, parameters: Any = None) -> Plan:
    analyze = (
        "" if re.search(r"\b(INSERT INTO|UPDATE \S+ SET|DELETE FROM)\b", sql, re.IGNORECASE) else "ANALYZE, TIMING OFF,"
    )
    settings, statement = ("", sql) if not sql.startswith(planned.PLAN_ONCE) else sql.rsplit("; ", 1)
    with connection.cursor() as cursor:
        cursor.execute(f"{settings and settings + ';'} EXPLAIN ({analyze} FORMAT JSON) {statement}", parameters)
        while cursor.nextset():
            pass
        (answer,) = cursor.fetchone()
    plan: Plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
    return plan


def big_tables() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(BIG_TABLES, [BIG_TABLE])
        return {name for (name,) in cursor.fetchall()}


def findings(plan: Plan, big: set[str]) -> list[str]:
    """No sequential scan over a big table, no sort of more than a page."""
    return [words for node in _nodes(plan) if (words := _finding(node, big))]


def _finding(node: Plan, big: set[str]) -> str:
    if node["Node Type"].endswith("Seq Scan") and node["Relation Name"] in big:
        read = _rows(node) + node.get("Rows Removed by Filter", 0) * node.get("Actual Loops", 1)
        if read > PAGE:
            return f"reads {node['Relation Name']} from end to end ({read:,.0f} rows)"
    if node["Node Type"].endswith("Sort"):
        rows = sum(_rows(child) for child in node["Plans"])
        if rows > PAGE:
            return f"sorts {rows:,.0f} rows by {', '.join(node['Sort Key'])[:80]}"
    return ""


def _rows(node: Plan) -> float:
    """Those that came; of what was not run, those that are expected."""
    if "Actual Rows" not in node:
        return float(node["Plan Rows"])
    return float(node["Actual Rows"] * node["Actual Loops"])


def _nodes(plan: Plan) -> Iterator[Plan]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)
