"""The product held against the ledger: what was acknowledged is there once, what was refused is not, nothing is half done."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import psycopg

from launcher.chaos.ledger import Act, Entry, Ledger, Outcome
from launcher.chaos.product import Product
from launcher.postgres import SUPERUSER

# Longer than a worker may be silent before its jobs are given back (half a minute), and the minute in which that is looked for.
JOBS_SECONDS = 150
MOST_SHOWN = 8

Row = tuple[Any, ...]
# By the text in which the key stands: how many rows there are of each entry.
BY_TEXT = {
    Act.REQUEST: "SELECT right(text, 32), array_agg(id) FROM servicedesk_servicerequest WHERE right(text, 32) = ANY (%s) GROUP BY 1",
    Act.TOUCH: "SELECT right(text, 32), array_agg(id) FROM interactions_interaction WHERE right(text, 32) = ANY (%s)"
    " AND NOT EXISTS (SELECT FROM servicedesk_servicerequest AS request WHERE request.text = interactions_interaction.text)"
    " GROUP BY 1",
    Act.PHOTO: "SELECT left(name, 32), array_agg(id) FROM files_attachment WHERE left(name, 32) = ANY (%s) GROUP BY 1",
}
ACCEPTED = "SELECT service_request_id, count(*) FROM servicedesk_stageentry WHERE stage = 'accepted' AND service_request_id = ANY (%s) GROUP BY 1"
REGISTERED = """
    SELECT subject.object_id, count(*) FROM events_eventsubject AS subject JOIN events_event AS event ON event.id = subject.event_id
    WHERE subject.kind = 'servicerequest' AND event.verb = 'request.registered' AND subject.object_id = ANY (%s) GROUP BY 1
"""
# What the constraints promise, looked at from outside.
NEVER = {
    "a request that does not stand in its open stage": """
        SELECT count(*) FROM servicedesk_servicerequest AS request
        WHERE NOT EXISTS (SELECT FROM servicedesk_stageentry AS stage
            WHERE stage.service_request_id = request.id AND stage.left_at IS NULL AND stage.stage = request.state)
    """,
    "a key that is taken and has no answer": "SELECT count(*) FROM accounts_idempotencykey WHERE status IS NULL",
    "a constraint that is not checked": "SELECT count(*) FROM pg_constraint WHERE NOT convalidated",
    "a trigger that is switched off": "SELECT count(*) FROM pg_trigger WHERE tgenabled = 'D'",
    "a job that waits for a time that was never right": "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    " AND scheduled_at > now() + interval '2 hours'",
}
FAILED = "SELECT task_name, count(*) FROM procrastinate_jobs WHERE status = 'failed' GROUP BY 1 ORDER BY 1"
WAITING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR status = 'todo' AND coalesce(scheduled_at, now()) <= now()"


class Audit:
    """`complaints` is empty if everything is as the ledger says."""

    def __init__(self, product: Product, ledger: Ledger) -> None:
        self.product, self.ledger = product, ledger
        self.complaints: list[str] = []

    def run(self, *, jobs_seconds: float = JOBS_SECONDS) -> list[str]:
        with psycopg.connect(self.product.cluster.url(SUPERUSER), autocommit=True) as connection:
            self._ask = lambda sql, *arguments: connection.execute(sql, arguments).fetchall()
            for act, sql in BY_TEXT.items():
                entries = self.ledger.of(act)
                self._compare(entries, dict(self._ask(sql, [entry.key for entry in entries])))
            self._compare_acceptances()
            self._compare_journal()
            self._wait_for_jobs(jobs_seconds)
            for what, sql in NEVER.items():
                if number := self._ask(sql)[0][0]:
                    self.complaints.append(f"{number} × {what}")
            self.complaints += [f"{number} × the job {name} failed" for name, number in self._ask(FAILED)]
        for entry in self.ledger.entries:
            # Nobody asks for what is not possible: whoever refuses looked at a wrong clock, or at something half done.
            self._expect(entry.outcome is not Outcome.REFUSED, entry, f"refused: {entry.words}")
            self._expect(not entry.is_given_up, entry, f"not answered in a minute of trying: {entry.words}")
        return self.complaints

    _ask: Callable[..., Sequence[Row]]

    def _compare(self, entries: list[Entry], found: dict[str, list[int]]) -> None:
        for entry in entries:
            ids = found.get(entry.key, [])
            if entry.outcome is Outcome.DONE:
                self._expect(ids == [entry.made], entry, f"acknowledged as {entry.made}, found {ids}")
            elif entry.outcome is Outcome.REFUSED:
                self._expect(not ids, entry, f"refused ({entry.words}), found {ids}")
            else:
                self._expect(len(ids) <= 1, entry, f"never answered, found {ids}")

    def _compare_acceptances(self) -> None:
        entries = self.ledger.of(Act.ACCEPTANCE)
        found: dict[int, int] = dict(self._ask(ACCEPTED, [entry.about for entry in entries]))
        for entry in entries:
            number = found.get(entry.about, 0)
            right = number == 1 if entry.outcome is Outcome.DONE else number <= 1
            self._expect(right, entry, f"{entry.outcome}, request {entry.about} accepted {number} times")

    def _compare_journal(self) -> None:
        done = [entry for entry in self.ledger.of(Act.REQUEST) if entry.outcome is Outcome.DONE]
        found: dict[int, int] = dict(self._ask(REGISTERED, [entry.made for entry in done]))
        for entry in done:
            self._expect(found.get(entry.made) == 1, entry, f"{found.get(entry.made, 0)} times in the journal")

    def _wait_for_jobs(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while left := self._ask(WAITING)[0][0]:
            if time.monotonic() > deadline:
                self.complaints.append(f"{left} × a job that is not done after {seconds:.0f} s")
                return
            time.sleep(0.5)

    def _expect(self, right: bool, entry: Entry, words: str) -> None:  # noqa: FBT001 -- what is expected
        if not right:
            self.complaints.append(f"{entry.act} {entry.key}: {words}")
