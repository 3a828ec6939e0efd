"""What one operation made or found is read, changed, acted on and ended by others, by whoever may: every answer as described.

Made-up values rarely get past the first check. Here is sent what the description shows, aimed at what earlier answers
named. What never went well is tried most often. `GONGYING_WALK_SECONDS` walks on for longer; with it is told what never did.
"""

import os
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from schemathesis.core.failures import FailureGroup

from launcher.chaos.ledger import a_photo
from tests.api import test_fuzz
from tests.api.test_fuzz import CHECKS, OPERATIONS, World, description

SECONDS = float(os.environ.get("GONGYING_WALK_SECONDS") or 20)
FEWEST = 200
MOST_ITEMS = 20
# What a body calls otherwise than the paths do.
ALSO = {
    "staff_id": ("steward_id", "deputy_id", "from_id", "leader_id"),
    "request_id": ("to_id",),
    "party_id": ("customer_id", "merged_id", "head_id"),
    "attachment_id": ("photo_id", "before_id", "after_id"),
}

A_PHOTO = a_photo()
DESCRIPTION = description()
PARAMETER = re.compile(r"([\w-]+)/{(\w+)}")
world = test_fuzz.world


def _collections() -> dict[str, list[str]]:
    """Of what each id is: by the segments of paths that stand before it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in DESCRIPTION["paths"]:
        for collection, name in PARAMETER.findall(path):
            if collection not in found[name]:
                found[name].append(collection)
    for name, others in ALSO.items():
        found |= dict.fromkeys(others, found[name])
    return dict(found)


COLLECTIONS = _collections()


def of_what(name: str) -> list[str]:
    """`unit_id`, `old_unit_id` and `unit_ids` are of units."""
    singular = name.removesuffix("s")
    return next((found for known, found in COLLECTIONS.items() if singular.endswith(known)), [])


class Memory:
    """Of every collection the ids that answers named, the newest last, with the version last read."""

    def __init__(self, existing: dict[str, int], chance: Random) -> None:
        self.chance = chance
        self.rows: dict[str, dict[int, int]] = defaultdict(dict)
        for name, row in existing.items():
            for collection in COLLECTIONS.get(name, []):
                self.rows[collection][row] = 1

    def some(self, collections: list[str], without: AbstractSet[int] = frozenset()) -> int | None:
        """Mostly one of the newest."""
        known = [row for where in collections for row in self.rows[where] if row not in without]
        if not known:
            return None
        return self.chance.choice(known[-4:] if self.chance.random() < 0.7 else known)

    def learn(self, answer: Any, collection: str) -> None:
        if isinstance(answer, list):
            for each in answer[:MOST_ITEMS]:
                self.learn(each, collection)
        elif isinstance(answer, dict):
            if isinstance(row := answer.get("id"), int):
                rows, version = self.rows[collection], answer.get("version")
                rows[row] = version if isinstance(version, int) else rows.get(row, 1)
            for name, value in answer.items():
                if isinstance(value, dict | list):
                    self.learn(value, collection if name == "items" else name.replace("_", "-"))
                elif isinstance(value, int) and name.endswith("_id"):
                    for each in of_what(name)[:1]:
                        self.rows[each].setdefault(value, 1)


class Writer:
    """Writes what somebody would send."""

    def __init__(self, memory: Memory, chance: Random) -> None:
        self.memory, self.chance = memory, chance
        self.generosity = 0.0  # how likely she sends what need not be sent

    def value(self, schema: dict[str, Any], name: str) -> Any:
        schema = self.resolved(schema)
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "properties" in schema:
            return self.fields(schema)
        if schema.get("type") == "array":
            return [self.value(schema["items"], name) for _ in range(self.number_of(schema))]
        return self.plain(schema, name)

    def plain(self, schema: dict[str, Any], name: str) -> Any:
        kind, form = schema.get("type"), schema.get("format")
        if kind == "integer" and (row := self.memory.some(of_what(name))):
            return row
        if form in ("date", "date-time"):
            moment = timezone.now() + timedelta(days=self.chance.choice((0, 0, 0, 1, 2, 30, -1)))
            return moment.date().isoformat() if form == "date" else moment.isoformat()
        made_up = {
            "binary": A_PHOTO,
            "boolean": self.chance.random() < 0.5,
            "integer": schema.get("minimum", 1),
            "number": 1.5,
        }.get(form or kind or "", f"{name} {self.chance.randrange(1000)}")
        return self.chance.choice(schema.get("examples") or [schema.get("default", made_up)])

    def fields(self, schema: dict[str, Any]) -> dict[str, Any]:
        required = schema.get("required", [])
        shapes = schema.get("properties", {}).items()
        return {
            name: self.value(shape, name)
            for name, shape in shapes
            if name in required or self.chance.random() < self.generosity
        }

    def number_of(self, schema: dict[str, Any]) -> int:
        return max(schema.get("minItems", 0), self.chance.choice((1, 1, 2)))

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape itself, and of several one that is not null."""
        while True:
            if "$ref" in schema:
                schema = DESCRIPTION["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
            elif "allOf" in schema:
                schema = schema["allOf"][0]
            elif "anyOf" in schema:
                examples = {"examples": schema["examples"]} if any(schema.get("examples", ())) else {}
                ways = [each for each in schema["anyOf"] if each.get("type") != "null"]
                schema = {**self.chance.choice(ways), **examples}
            else:
                return schema


class Walk:
    def __init__(self, world: World) -> None:
        self.chance = Random(20261123)
        self.memory = Memory(world.existing, self.chance)
        self.writer = Writer(self.memory, self.chance)
        self.callers = world.everybody
        # Who did it well, whom it told that she may not, and with what it would do nothing.
        self.did: dict[str, set[int]] = defaultdict(set)
        self.may_not: dict[str, set[int]] = defaultdict(set)
        self.refused: dict[str, set[int]] = defaultdict(set)
        self.tried: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.last: dict[str, str] = {}

    def go(self, until: float) -> None:
        while time.monotonic() < until or self.tried.total() < FEWEST:
            self.turn(self.next())

    def next(self) -> Any:
        """What never went well, what makes something new, or what was tried least; of things that are there."""
        possible = [each for each in OPERATIONS if self.is_possible(each)]
        lot = self.chance.random()
        if lot < 0.6:
            possible = [each for each in possible if not self.done[each.label]] or possible
        elif lot < 0.75:
            possible = [each for each in possible if self.is_creation(each) and self.done[each.label]] or possible
        fewest = min(self.tried[each.label] for each in possible)
        return self.chance.choice([each for each in possible if self.tried[each.label] == fewest])

    def is_possible(self, operation: Any) -> bool:
        return all(self.memory.rows[where] for where, name in PARAMETER.findall(operation.path) if name.endswith("_id"))

    def is_creation(self, operation: Any) -> bool:
        return operation.method == "post" and "{" not in operation.path

    def turn(self, operation: Any) -> None:
        """Asked by one after the other, until somebody may."""
        self.tried[operation.label] += 1
        case, about = self.case_of(operation)
        for caller in self.callers_of(operation.label):
            status = self.call(case, caller)
            if status not in (403, 404):
                break
        if status in (404, 409):
            self.refused[operation.label].add(about)

    def call(self, case: Any, caller: int) -> int:
        label = case.operation.label
        with transaction.atomic():
            response = case.call(headers=self.callers[caller])
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as failure:
                self.wrong += [f"{label}: {each}" for each in failure.exceptions]
            is_done = response.status_code < 300
            # What it ends goes on half of the time, as if it had not been.
            is_kept = is_done and (
                self.is_creation(case.operation) or not self.done[label] or self.chance.random() < 0.5
            )
            if not is_kept:
                transaction.set_rollback(True)
        if is_done:
            self.done[label] += 1
            self.did[label].add(caller)
        elif response.status_code == 403:
            self.may_not[label].add(caller)
        if not is_done:
            self.last[label] = f"{response.status_code} {response.text[:300]}"
        with suppress(ValueError):
            if is_kept:
                self.learn(case, response.json())
            elif response.status_code == 409:
                self.learn(case, response.json().get("current"))
        return int(response.status_code)

    def case_of(self, operation: Any) -> tuple[Any, int]:
        """With the row that it is about."""
        about, version, path, query = 0, 1, {}, {}
        raw = operation.definition.raw
        self.writer.generosity = self.chance.choice((0.0, 0.1, 0.3, 0.6))
        for collection, name in PARAMETER.findall(operation.path):
            if name.endswith("_id"):
                rows = self.memory.rows[collection]
                about = self.memory.some([collection], self.refused[operation.label]) or self.memory.some([collection])
                path[name], version = about, rows.get(about, 1)
        for each in raw.get("parameters", []):
            if each["in"] == "path" and each["name"] not in path:
                path[each["name"]] = self.writer.value(each["schema"], each["name"])
            elif each["in"] == "query" and (each.get("required") or self.chance.random() < self.writer.generosity / 2):
                query[each["name"]] = self.writer.value(each["schema"], each["name"])
        given = {"path_parameters": path, "query": query}
        for kind, content in raw.get("requestBody", {}).get("content", {}).items():
            body = self.writer.value(content["schema"], "")
            given |= {"media_type": kind, "body": {**body, "version": version} if "version" in body else body}
        return operation.Case(**given), about

    def callers_of(self, label: str) -> list[int]:
        """Who did it well first, and last whom it told that she may not."""
        everybody = list(range(len(self.callers)))
        self.chance.shuffle(everybody)
        able = [one for one in everybody if one not in self.may_not[label]]
        return sorted(able or everybody[:1], key=lambda one: one not in self.did[label])

    def learn(self, case: Any, answer: Any) -> None:
        path = case.operation.path
        ids = PARAMETER.findall(path)
        if isinstance(answer, dict) and ids and answer.get("id") == case.path_parameters.get(ids[-1][1]):
            collection = ids[-1][0]
        else:
            collection = next(part for part in reversed(path.split("/")) if "{" not in part)
        self.memory.learn(answer, collection)

    def left(self) -> Iterator[str]:
        for operation in OPERATIONS:
            if not self.done[operation.label]:
                yield f"{operation.label}: {self.tried[operation.label]} times, {self.last.get(operation.label, '')}"


@pytest.mark.django_db
def test_operations_keep_their_word_one_after_the_other(world: World) -> None:
    walk = Walk(world)
    with transaction.atomic():
        walk.go(time.monotonic() + SECONDS)
        transaction.set_rollback(True)
    if "GONGYING_WALK_SECONDS" in os.environ:
        print(*walk.left(), sep="\n")  # noqa: T201 -- for who asked for it
        print(f"{len(walk.done)} of {len(OPERATIONS)} went well, in {walk.tried.total()} calls")  # noqa: T201
    assert walk.wrong == [], "\n".join(walk.wrong)
    assert len(walk.done) > FEWEST / 4
