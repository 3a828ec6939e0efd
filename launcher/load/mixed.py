"""One mixed load: everybody's day at once, and what came of it."""

from __future__ import annotations

import os
import random
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from launcher.chaos.clients import Screen
from launcher.chaos.product import Product
from launcher.load.days import DAYS, Colleague, Day
from launcher.load.gauge import Gauge, counted
from launcher.load.visitor import SERVER_FAULT, UNANSWERED, Asked, Book, Visitor

LOOKS_EVERY_SECONDS, BEGIN_WITHIN_SECONDS = 5.0, 2.0
BUSY, SLOWEST_SHOWN, REASONS_SHOWN = 0.9, 12, 8
REACHED = 0.95


@dataclass(eq=False)
class Agent(threading.Thread):
    """One person. What she has asked keeps her busy for a while, so that all together ask as much as was wanted."""

    day: Day
    pause: float  # seconds for each request
    ended: threading.Event
    screens: list[Screen]
    failures: list[str]

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        try:
            self._work()
        except Exception as error:  # noqa: BLE001 -- a mistake of ours must be seen, not end one person's day in silence
            self.failures.append(f"{self.day.who.role} {self.day.who.login}: {error!r}")
        finally:
            self.day.at.close()

    def _work(self) -> None:
        chance, acts = self.day.chance, DAYS[self.day.who.role]
        self.ended.wait(BEGIN_WITHIN_SECONDS * chance.random())
        self.screens.append(self.day.watch())
        next_at = time.monotonic()
        while not self.ended.is_set():
            before = self.day.at.requests
            (act,) = chance.choices(list(acts), weights=list(acts.values()))
            act(self.day)
            asked = self.day.at.requests - before
            next_at = max(next_at + asked * self.pause * chance.expovariate(1), time.monotonic())
            self.ended.wait(next_at - time.monotonic())


@dataclass
class Mixed:
    product: Product
    database: str  # its address
    colleagues: Sequence[Colleague]
    per_second: float
    gauge: Gauge
    book: Book = field(default_factory=Book)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    heard: int = 0
    deadlocks: int = 0
    rollbacks: int = 0

    def run(self, seconds: float) -> None:
        """With the product running."""
        ended, screens = threading.Event(), list[Screen]()
        pause = len(self.colleagues) / self.per_second
        agents = [
            Agent(self._day(number, who), pause, ended, screens, self.failures)
            for number, who in enumerate(self.colleagues)
        ]
        before = counted(self.database)
        start = time.monotonic()
        self.gauge.look()
        for agent in agents:
            agent.start()
        while time.monotonic() < start + seconds:
            time.sleep(min(LOOKS_EVERY_SECONDS, max(start + seconds - time.monotonic(), 0)))
            self.gauge.look()
        ended.set()
        for agent in agents:
            agent.join()
        self.seconds = time.monotonic() - start
        self.heard = sum(screen.heard for screen in screens)
        for screen in screens:
            screen.close()
        after = counted(self.database)
        self.deadlocks, self.rollbacks = after[0] - before[0], after[1] - before[1]

    def _day(self, number: int, who: Colleague) -> Day:
        name = self.product.program("web").env["GONGYING_SESSION_COOKIE"]
        visitor = Visitor(int(self.product.options.port), {name: who.session}, self.book)
        chance = random.Random(number)  # noqa: S311 -- who does what when, no secret
        return Day(who, visitor, chance, self.product.push_address)

    # -- what came of it

    @property
    def faults(self) -> list[Asked]:
        return [asked for asked in self.book.asked if asked.status >= SERVER_FAULT or asked.status == UNANSWERED]

    @property
    def is_clean(self) -> bool:
        return not (self.faults or self.deadlocks or self.failures)

    def as_json(self) -> dict[str, Any]:
        return {
            "agents": len(self.colleagues),
            "seconds": round(self.seconds, 1),
            "processors": os.cpu_count(),
            "wanted_per_second": self.per_second,
            "answered_per_second": self.answered_per_second,
            "faults": len(self.faults),
            "deadlocks": self.deadlocks,
            "heard": self.heard,
            "milliseconds": {kind: spread(self._of(kind)) for kind in ("page", "part", "form")},
            "addresses": {address: spread(asked) for address, asked in self._by_address()},
            "megabytes": [
                {name: round(size) for name, size in moment.megabytes.items()} for moment in self.gauge.moments
            ],
            "processor": {name: round(share, 3) for name, share in self.gauge.shares().items()},
            "milliseconds_each": {name: round(cost, 1) for name, cost in self.milliseconds_each().items()},
            "not_done": dict(self.book.reasons),
            "failures": self.failures,
        }

    @property
    def answered_per_second(self) -> float:
        return round(sum(asked.status != UNANSWERED for asked in self.book.asked) / self.seconds, 1)

    def summary(self) -> Iterator[str]:
        refused = sum(asked.status >= 400 for asked in self.book.asked) - sum(  # noqa: PLR2004
            asked.status >= SERVER_FAULT for asked in self.book.asked
        )
        lost = sum(asked.status == UNANSWERED for asked in self.book.asked)
        yield (
            f"  {len(self.book.asked):,} requests in {self.seconds:.0f} s: {self.answered_per_second:.0f} a second"
            f" ({self.per_second:.0f} wanted), {len(self.faults) - lost} × 5xx, {lost} unanswered, {refused} × 4xx,"
            f" {self.deadlocks} deadlocks; open pages heard of {self.heard:,} changes"
        )
        yield f"  {'':44}{'number':>8}{'p50 ms':>9}{'p95 ms':>9}{'slowest':>9}"
        for name, kind in (("pages", "page"), ("parts that pages load", "part"), ("forms sent", "form")):
            yield spread_line(name, self._of(kind))
        slowest = sorted(self._by_address(), key=lambda each: -sum(asked.milliseconds for asked in each[1]))
        yield "  most time went to"
        yield from (spread_line(f"  {address}", asked) for address, asked in slowest[:SLOWEST_SHOWN])
        first, middle, last = self.gauge.first_middle_last()
        yield f"  {'memory, MB':44}{'start':>8}{'middle':>9}{'end':>9}{'processor':>11}"
        for name, share in self.gauge.shares().items():
            sizes = [moment.megabytes.get(name) for moment in (first, middle, last)]
            cells = "".join(f"{'' if size is None else f'{size:.0f}':>9}" for size in sizes)
            yield f"  {name:43}{cells}{share:>11.0%}"
        costs = self.milliseconds_each()
        parts = ", ".join(f"{name} {milliseconds:.1f}" for name, milliseconds in costs.items())
        alone = (os.cpu_count() or 1) * 1000 / sum(costs.values())
        yield f"  a request costs {sum(costs.values()):.1f} ms of processor ({parts}): at most {alone:.0f} a second here, were all else still"
        yield f"  what limits it: {self.limit()}"
        yield from (f"  {number} × {reason}" for reason, number in self.book.reasons.most_common(REASONS_SHOWN))
        yield from (f"  WRONG: {failure}" for failure in self.failures[:REASONS_SHOWN])

    def milliseconds_each(self) -> dict[str, float]:
        """Processor time of everything that takes part; what else the machine does changes it little."""
        whole = (self.gauge.moments[-1].at - self.gauge.moments[0].at) * (os.cpu_count() or 1) * 1000
        shares = {name: share for name, share in self.gauge.shares().items() if name != "others"}
        return {name: share * whole / max(len(self.book.asked), 1) for name, share in shares.items()}

    def limit(self) -> str:
        if self.answered_per_second >= self.per_second * REACHED:
            return "nothing, all that was wanted was answered"
        shares = self.gauge.shares()
        parts = ", ".join(f"{name} {share:.0%}" for name, share in sorted(shares.items(), key=lambda each: -each[1]))
        if sum(shares.values()) > BUSY:
            return f"the {os.cpu_count()} processors, all busy: {parts}"
        return f"not the processors ({parts}): locks, the disk, or too few web workers"

    def _of(self, kind: str) -> list[Asked]:
        return [asked for asked in self.book.asked if asked.kind == kind]

    def _by_address(self) -> list[tuple[str, list[Asked]]]:
        found: dict[str, list[Asked]] = {}
        for asked in self.book.asked:
            found.setdefault(f"{'POST ' if asked.kind == 'form' else ''}{asked.address}", []).append(asked)
        return list(found.items())


def spread(asked: Sequence[Asked]) -> dict[str, float]:
    times = sorted(each.milliseconds for each in asked)
    if not times:
        return {"number": 0, "p50": 0.0, "p95": 0.0, "slowest": 0.0}
    p95 = times[max(-(-len(times) * 95 // 100), 1) - 1]
    return {"number": len(times), "p50": round(median(times), 1), "p95": round(p95, 1), "slowest": round(times[-1], 1)}


def spread_line(name: str, asked: Sequence[Asked]) -> str:
    found = spread(asked)
    return f"  {name:44}{found['number']:>8.0f}{found['p50']:>9.0f}{found['p95']:>9.0f}{found['slowest']:>9.0f}"
