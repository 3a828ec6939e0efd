"""A large installation made up in minutes, for `bin/manage volume` and `bin/bench`.

Rows are written set by set in SQL (`data/volume/*.sql`). Triggers stand aside meanwhile (`session_replication_role`):
they would refuse a case that is born closed. What they guard is true nevertheless and is checked afterwards: every case
went a way that its machine allows, stands in the open stage of its state, and no reference leads nowhere. Constraints
(unique, exclusion, check) are never switched off.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.editions import renew_edition
from gongying.common.errors import Refused
from gongying.common.machines import Machine
from gongying.common.text import initials, normalise, pinyin
from gongying.estates.models import Project
from gongying.organization.models import Department, Role
from gongying.servicedesk.enums import KIND_LETTERS, OPEN_STATES, Urgency
from gongying.servicedesk.machines import COMPLAINT, PROCESS_VERSION, REQUEST, WORK
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.policy_choice import Matter, ladder_for, policy_for

DATA = Path(__file__).parent / "data" / "volume"
HOUSEHOLDS_PER_PROJECT = 3000
CHUNK = 100_000
LONG_HISTORY = 10_000
YEARS = 3
# Filled by the million: their plain indexes are built once, afterwards.
LARGE = (
    "customers_party",
    "customers_contactpoint",
    "customers_partyrole",
    "interactions_interaction",
    "servicedesk_servicerequest",
    "servicedesk_stageentry",
    "servicedesk_serviceclock",
    "events_event",
    "events_eventsubject",
)
APPS = ("accounts", "common", "customers", "estates", "events", "interactions", "organization", "servicedesk")

# The posts of each project: who registers (1), supervises (2), answers (3, 4), manages (5) and works (6 to 9).
POSTS = [
    ("receptionist", "customer_service"),
    ("supervisor", "customer_service"),
    ("steward", "customer_service"),
    ("steward", "customer_service"),
    ("site_manager", "customer_service"),
    *[("worker", "engineering")] * 4,
]
# Of twenty requests: how many of each kind.
KINDS = {"repair": 10, "enquiry": 4, "service": 1, "complaint": 2, "suggestion": 1, "praise": 1, "help": 1}
ROOTS = {
    "repair": ("home-", "common-"),
    "complaint": ("service-attitude", "common-noise"),
    "service": ("service-extra",),
}
ELSE_ROOT = ("service-",)
OPEN_REQUESTS = ("registered", "accepted", "in_progress", "resolved", "reported")
OPEN_COMPLAINTS = (
    "received",
    "accepted",
    "verifying",
    "handling",
    "feedback_given",
    "following_up",
    "improving",
)
VERBS = [
    "request.registered",
    "request.accepted",
    "request.started",
    "request.resolved",
    "request.reported",
    "request.closed",
    "interaction.logged",
    "customer.dialled",
]

# What a missing value is while a table is filled; Django keeps its defaults in Python, not in the database.
DEFAULTS = {
    "bool": "false",
    "int2": "0",
    "int4": "0",
    "int8": "0",
    "jsonb": "'{}'",
    "text": "''",
    "varchar": "''",
    "_varchar": "'{}'",
    "timestamptz": "now()",
}

Say = Callable[[str], None]


@dataclass(frozen=True)
class Volume:
    """How much to make up."""

    requests: int
    households: int
    events: int

    @property
    def events_each(self) -> int:
        return max(self.events // self.requests, 1)

    @cached_property
    def words(self) -> dict[str, Any]:
        words: dict[str, Any] = json.loads((DATA / "words.json").read_text(encoding="utf-8"))
        return words

    def parameters(self) -> dict[str, Any]:
        now = timezone.now().replace(microsecond=0)
        words = self.words
        texts = {name: value for name, value in words.items() if isinstance(value, str)}
        return {
            **texts,
            "project_name": words["project"],
            "territory_name": words["territory"],
            "fee": words["territory"],
            "households": self.households,
            "projects": -(-self.households // HOUSEHOLDS_PER_PROJECT),
            "requests": self.requests,
            "events": self.requests * self.events_each,
            "events_each": self.events_each,
            "long_history": LONG_HISTORY,
            "names": len(words["surnames"]) * len(words["given"]),
            "process_version": PROCESS_VERSION,
            "open_states": list(OPEN_STATES),
            "now": now,
            "since": now - timedelta(days=365 * YEARS),
            **{slot: len(words[slot]) for slot in ("where", "what", "wish")},
        }


def make_volume(volume: Volume, *, say: Say = print) -> None:
    """Fill an empty installation. Refuses where projects exist: made-up rows never mix with a company's own."""
    if Project.objects.exists():
        raise Refused(_("This installation has projects already. Make up a volume in a database of its own."))
    parameters = volume.parameters()
    with _filling(say):
        _prepare(volume)
        for name in ("1_estates", "2_people"):
            _run(name, parameters, say)
        for first in range(1, volume.requests + 1, CHUNK):
            last = min(first + CHUNK - 1, volume.requests)
            say(f"requests {first:,} to {last:,}")
            _execute("TRUNCATE volume_plan")
            for name in ("3_requests", "4_work", "5_clocks", "6_events"):
                _run(name, {**parameters, "first": first, "last": last}, None)
        _run("7_long_history", parameters, say)
    say("checking ways, stages and references")
    check_volume()
    say("statistics")
    _execute("VACUUM ANALYZE")


def check_volume() -> None:
    """What the triggers would have guarded: ways, open stages, references."""
    for cases, stages, fk, machines in (
        ("servicedesk_servicerequest", "servicedesk_stageentry", "service_request_id", (REQUEST, COMPLAINT)),
        ("servicedesk_workorder", "servicedesk_workstage", "work_order_id", (WORK,)),
    ):
        _expect_none(
            f"cases of {cases} outside the stage of their state",
            f"SELECT count(*) FROM {cases} kase LEFT JOIN {stages} spell"
            f" ON spell.{fk} = kase.id AND spell.left_at IS NULL AND spell.stage = kase.state WHERE spell.id IS NULL",
        )
        moves = ", ".join(f"('{a}', '{b}')" for machine in machines for a, b in machine.moves)
        _expect_none(
            f"steps in {stages} that no machine allows",
            f"SELECT count(*) FROM (SELECT stage, lag(stage) OVER (PARTITION BY {fk} ORDER BY id) AS before FROM {stages}) step"
            f" WHERE before IS NOT NULL AND (before, stage) NOT IN (VALUES {moves})",
        )
    _expect_none(
        "clocks of what their policy does not promise",
        "SELECT count(*) FROM servicedesk_serviceclock clock WHERE NOT EXISTS (SELECT FROM servicedesk_servicetimetarget target"
        " WHERE target.policy_id = clock.policy_id AND target.metric = clock.metric)",
    )
    for table, column, target in list(_references()):
        _expect_none(
            f"{table}.{column} leading nowhere",
            f'SELECT count(*) FROM {table} source WHERE source."{column}" IS NOT NULL'
            f' AND NOT EXISTS (SELECT FROM {target} target WHERE target.id = source."{column}")',
        )


def shortest_way(machine: Machine, state: str) -> list[str]:
    """The stages by which a case comes from the machine's first state to `state`, read from its table."""
    ways = deque([[first] for first in machine.initial])
    seen = set(machine.initial)
    while ways:
        way = ways.popleft()
        if way[-1] == state:
            return way
        for transition in machine.possible(way[-1]):
            if transition.target not in seen:
                seen.add(transition.target)
                ways.append([*way, transition.target])
    raise ValueError(f"{machine!r} has no way to {state}")


def _prepare(volume: Volume) -> None:
    words = volume.words
    _execute(
        """
        CREATE TEMP TABLE volume_plan (i int, h int, p int, b int, e int, kind text, letters text, category_id bigint,
            stages text[], state text, moment timestamptz, gap interval, text text, has_work boolean);
        CREATE TEMP TABLE volume_name (n int PRIMARY KEY, name text, pinyin text, initials text, name_key text);
        CREATE TEMP TABLE volume_phrase (slot text, n int, text text);
        CREATE TEMP TABLE volume_needle (slot text, n int, text text);
        CREATE TEMP TABLE volume_kind (n int, kind text, letters text, machine text, categories bigint[], open_paths int);
        CREATE TEMP TABLE volume_path (machine text, n int, stages text[]);
        CREATE TEMP TABLE volume_post (n int, key text, label text, role_id bigint, department_id bigint, skills text[]);
        CREATE TEMP TABLE volume_verb (n int, verb text);
        CREATE TEMP TABLE volume_policy (kind text, urgency text, policy_id bigint, metrics text[], ladder_id bigint,
            percents int[]);
        """
    )
    names = (surname + given for surname in words["surnames"] for given in words["given"])
    _copy("volume_name", ((n, s, pinyin(s), initials(s), normalise(s)) for n, s in enumerate(names)))
    _copy(
        "volume_phrase",
        ((slot, n, text) for slot in ("where", "what", "wish") for n, text in enumerate(words[slot])),
    )
    sentence = words["needle_sentence"]
    _copy(
        "volume_needle",
        ((slot, n, sentence.format(word)) for n, (slot, word) in enumerate(words["needles"].items()) if slot != "none"),
    )
    _copy("volume_kind", _kinds())
    _copy("volume_path", _paths())
    _copy("volume_post", _posts(words["staff"]))
    _copy("volume_verb", enumerate(VERBS, start=1))
    _copy("volume_policy", _policies())


def _kinds() -> Iterator[tuple[Any, ...]]:
    n = 0
    for kind, share in KINDS.items():
        roots = ROOTS.get(kind, ELSE_ROOT)
        leaves = ServiceCategory.objects.leaves().order_by("pk")
        categories = [leaf.pk for leaf in leaves if leaf.code.startswith(roots)]
        is_complaint = kind == "complaint"
        machine = COMPLAINT.name if is_complaint else REQUEST.name
        open_paths = len(OPEN_COMPLAINTS if is_complaint else OPEN_REQUESTS)
        for _share in range(share):
            yield n, kind, KIND_LETTERS[kind], machine, categories, open_paths
            n += 1


def _policies() -> Iterator[tuple[Any, ...]]:
    """The policies that hold for the whole company, by kind and urgency alone."""
    now, category = timezone.now(), ServiceCategory.objects.earliest("pk")
    for kind in KINDS:
        for urgency in Urgency.values:
            policy = policy_for(Matter(0, kind, category, urgency), at=now)
            ladder = ladder_for(0, at=now)
            if policy is not None and ladder is not None:
                yield kind, urgency, policy.pk, list(policy.targets), ladder.pk, ladder.percents


def _paths() -> Iterator[tuple[str, int, list[str]]]:
    ends = {
        REQUEST: (["closed", "cancelled", "rejected"], OPEN_REQUESTS),
        COMPLAINT: (["closed", "withdrawn"], OPEN_COMPLAINTS),
        WORK: (["checked"], ["accepted"]),
    }
    for machine, (final, still_open) in ends.items():
        for n, state in enumerate(final):
            yield machine.name, n, shortest_way(machine, state)
        for n, state in enumerate(still_open, start=100):
            yield machine.name, n, shortest_way(machine, state)


def _posts(labels: dict[str, str]) -> Iterator[tuple[Any, ...]]:
    for n, (role, kind) in enumerate(POSTS, start=1):
        department = Department.objects.filter(kind=kind).order_by("pk")[0]
        skills = ["plumbing", "electrical"] if role == "worker" else []
        yield n, role, labels[role], Role.objects.get(key=role).pk, department.pk, skills


class _filling:  # noqa: N801 reads as a word in a `with` statement
    """While tables are filled: triggers aside, values for what is left out, plain indexes of the large tables dropped."""

    def __init__(self, say: Say) -> None:
        self.say = say
        self.defaults: list[tuple[str, str]] = []
        self.indexes: list[str] = []

    def __enter__(self) -> None:
        _execute(
            "SET session_replication_role = replica; SET synchronous_commit = off; SET maintenance_work_mem = '512MB'"
        )
        for table, column, kind in _columns_without_default():
            default = "1" if column == "version" else DEFAULTS[kind]
            _execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" SET DEFAULT {default}')
            self.defaults.append((table, column))
        for name, definition in _plain_indexes():
            _execute(f"DROP INDEX {name}")
            self.indexes.append(definition)

    def __exit__(self, *_error: object) -> None:
        for position, definition in enumerate(self.indexes, start=1):
            if position % 10 == 1:
                self.say(f"index {position} of {len(self.indexes)}")
            _execute(definition)
        for table, column in self.defaults:
            _execute(f'ALTER TABLE {table} ALTER COLUMN "{column}" DROP DEFAULT')
        for table in _tables():
            _execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)"
            )
        renew_edition()
        _execute("SET session_replication_role = DEFAULT")


def _tables() -> list[str]:
    rows = _rows(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'id'"
        " AND split_part(table_name, '_', 1) = ANY (%s) AND is_identity = 'YES' ORDER BY 1",
        [list(APPS)],
    )
    return [table for (table,) in rows]


def _columns_without_default() -> list[tuple[str, str, str]]:
    return _rows(
        "SELECT table_name, column_name, udt_name FROM information_schema.columns"
        " WHERE table_schema = 'public' AND split_part(table_name, '_', 1) = ANY (%s) AND is_nullable = 'NO'"
        " AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER' AND udt_name = ANY (%s)",
        [list(APPS), list(DEFAULTS)],
    )


def _plain_indexes() -> list[tuple[str, str]]:
    return _rows(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY (%s)"
        " AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname) AND indexdef NOT LIKE 'CREATE UNIQUE%%'"
        " ORDER BY tablename, indexname",
        [list(LARGE)],
    )


def _references() -> Iterator[tuple[str, str, str]]:
    yield from _rows(
        "SELECT conrelid::regclass::text, attname, confrelid::regclass::text FROM pg_constraint"
        " JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]"
        " WHERE contype = 'f' AND split_part(conrelid::regclass::text, '_', 1) = ANY (%s)",
        [list(APPS)],
    )


def _run(name: str, parameters: dict[str, Any], say: Say | None) -> None:
    if say:
        say(name[2:].replace("_", " "))
    _execute((DATA / f"{name}.sql").read_text(encoding="utf-8"), parameters)


def _copy(table: str, rows: Any) -> None:
    rows = list(rows)  # some read the database, which is busy while it copies
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _execute(sql: str, parameters: Any = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def _rows(sql: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())


def _expect_none(what: str, sql: str) -> None:
    ((number,),) = _rows(sql)
    if number:
        raise AssertionError(f"{number:,} {what}")
