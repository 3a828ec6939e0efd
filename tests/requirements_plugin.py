"""Keeps for `bin/test` how many tests passed and which requirement rows they show (`@pytest.mark.requirement("R-185")`)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

PROPERTY = "requirement"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--results", metavar="FILE", help="keep the counts and the requirement rows shown in this file")


def pytest_configure(config: pytest.Config) -> None:
    path = config.getoption("--results")
    is_worker = hasattr(config, "workerinput")
    if path and not is_worker:
        config.pluginmanager.register(Results(Path(path)), "gongying-results")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note the rows among what a worker of xdist sends with each report."""
    for item in items:
        for mark in item.iter_markers("requirement"):
            item.user_properties.extend((PROPERTY, row) for row in mark.args)


class Results:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.outcomes: dict[str, str] = {}
        self.rows: dict[str, set[str]] = {}
        self.broken_files: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test failed if any of its phases did, and is skipped if any was; it passed if its call did and nothing failed."""
        before = self.outcomes.get(report.nodeid)
        if report.failed or before == "failed":
            self.outcomes[report.nodeid] = "failed"
        elif report.skipped:
            self.outcomes[report.nodeid] = "skipped"
        elif report.when == "call":
            self.outcomes[report.nodeid] = "passed"
        for name, row in report.user_properties:
            if name == PROPERTY:
                self.rows.setdefault(str(row), set()).add(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.broken_files.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        counts = Counter(self.outcomes.values())
        kept = {
            "passed": counts["passed"],
            "failed": counts["failed"] + len(self.broken_files),
            "skipped": counts["skipped"],
            "requirements": {
                row: all(self.outcomes.get(test) == "passed" for test in tests)
                for row, tests in sorted(self.rows.items())
            },
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_text(json.dumps(kept, indent=2), "utf-8")
