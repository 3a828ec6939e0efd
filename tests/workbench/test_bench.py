"""A bench run as small as it can be: what it prints and keeps. How fast anything is depends on the machine and is never judged."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from gongying.servicedesk.models import ServiceRequest
from gongying.workbench.bench import served
from gongying.workbench.bench.databases import fresh_copy
from gongying.workbench.bench.history import History
from gongying.workbench.bench.measure import Figure, percentile
from gongying.workbench.bench.plans import Statements, explain, findings
from gongying.workbench.bench.table import header, row

SIZE = 700
FIGURE = {"operation": "list", "rows": SIZE, "ratio": 2.0}


def run(**options):
    out = StringIO()
    call_command("bench", sizes=[SIZE], rounds=1, no_import=True, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_bench_measures_every_line_and_each_run_begins_on_the_same_rows(
    settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    monkeypatch.setattr(served, "CONCURRENT", (1,))
    monkeypatch.setattr(served, "SECONDS", 0.01)
    monkeypatch.setattr(served, "WARM_UP_SECONDS", 0)
    home = connection.settings_dict["NAME"]
    kept = tmp_path / "figures.json"
    first = run(json=kept)

    found = json.loads(kept.read_text())
    figures = {figure["operation"]: figure for figure in found["figures"]}
    assert {"list", "request page", "API: list of 50", "API: take a job", "API: finish a job"} <= set(figures)
    assert {"register a request", "log an interaction", "API: candidates for a job"} <= set(figures)
    for figure in figures.values():
        if "ratio" in figure:
            assert figure["sql"] > 0
            assert 0 < figure["p50_ms"] <= figure["p95_ms"]
            assert figure["application_ms"] + figure["database_ms"] > 0
            assert set(figure["per_second"]) == (set() if "a job" in figure["operation"][:18] else {"1"})
            assert f"{figure['operation']} ({SIZE:,})" in first
        assert figure["before"] is None
    assert len(found["statements"][str(SIZE)]) == 10
    assert "10 hottest statements" in first

    second = run(no_http=True)
    assert ", once" not in second  # the volume is there
    latest = json.loads(max((tmp_path / "bench").glob("*.json")).read_text())
    compared = {figure["operation"]: figure["before"] for figure in latest["figures"]}
    assert compared["list"] == figures["list"]["ratio"]
    assert {figure["per_second"].get("1") for figure in latest["figures"] if "ratio" in figure} == {None}
    assert connection.settings_dict["NAME"] == home
    with fresh_copy(SIZE, say=lambda _words: None):
        assert ServiceRequest.objects.count() == SIZE  # of what both runs registered nothing is left


def test_line_that_got_worse_is_marked(tmp_path: Path) -> None:
    History(tmp_path).keep({"at": "2026-11-22T10:00:00+08:00", "figures": [FIGURE]})
    former = History(tmp_path).former(FIGURE)
    assert former is not None
    assert (former.value, former.is_worse(2.19), former.is_worse(2.21)) == (2.0, False, True)
    assert History(tmp_path).former({**FIGURE, "rows": 10}) is None
    worse = Figure("list", SIZE, 10, 12, 8, 2, 4, 2.5, 3, 4, 80, {"1": 50, "8": 90})
    words = row(worse, growth=1, former=former)
    assert len(words) == len(header())
    assert words.split()[-1] == "!"


def test_only_the_newest_runs_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gongying.workbench.bench.history.KEPT", 2)
    for day in range(1, 4):
        (tmp_path / f"2020010{day}-000000.json").write_text('{"at": "", "figures": []}')
    newest = History(tmp_path).keep({"at": "", "figures": []})
    assert sorted(tmp_path.iterdir()) == [tmp_path / "20200103-000000.json", newest]


def test_percentile_is_one_that_was_measured() -> None:
    assert [percentile([3, 1, 2, 4], percent) for percent in (50, 95, 100)] == [2, 4, 4]


@pytest.fixture
def big_table(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE big AS SELECT n, n % 7 AS remainder FROM generate_series(1, 20000) n")
        cursor.execute("ALTER TABLE big ADD PRIMARY KEY (n)")
        cursor.execute("ANALYZE big")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT * FROM big WHERE n = 5", []),
        ("SELECT * FROM big LIMIT 50", []),
        ("SELECT * FROM big ORDER BY n LIMIT 50", []),
        ("SELECT count(*) FROM big WHERE remainder = 3", ["reads big from end to end (20,000 rows)"]),
        ("UPDATE big SET remainder = 0 WHERE remainder = 1", ["reads big from end to end"]),
        (
            "SELECT * FROM big WHERE n < 1000 ORDER BY remainder LIMIT 50",
            ["sorts 999 rows by remainder"],
        ),
    ],
)
def test_plan_that_does_not_stay_fast_is_a_finding(big_table: None, sql: str, found: list[str]) -> None:
    words = findings(explain(sql), {"big"})
    assert len(words) == len(found)
    assert all(said.startswith(expected) for said, expected in zip(words, found, strict=True))


def test_hottest_statements_are_explained_with_their_own_values(big_table: None) -> None:
    statements = Statements()
    for operation in ("one page", "another"):
        with statements.of(operation), connection.cursor() as cursor:
            for numbers in ([1, 2], [3, 4, 5]):
                marks = ", ".join(["%s"] * len(numbers))
                cursor.execute(f"SELECT count(*) FROM big WHERE remainder IN ({marks})", numbers)
            cursor.execute("SELECT 1")
    hottest = statements.hottest(1)[0]
    assert hottest.sql == "SELECT count(*) FROM big WHERE remainder IN (%s, …)"
    assert (hottest.times, hottest.operations) == (4, ["one page", "another"])
    assert hottest.findings == ["reads big from end to end (20,000 rows)"]
