"""One run: load, faults in turn, recovery, and the audit."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from launcher.chaos.audit import Audit
from launcher.chaos.clients import Api, Screen, Unanswered, is_logged_in, log_in
from launcher.chaos.faults import Fault
from launcher.chaos.ledger import Act, Client, Entry, Ledger, Outcome, Place
from launcher.chaos.product import Product
from launcher.steps import Failed

CLIENTS = 6
# Every third gives up at the first lost answer.
IMPATIENT_OF = 3
CALM_SECONDS = 2.0
RECOVERY_SECONDS = 90
MOST_REASONS = 5
CATEGORY = "home-plumbing-tap"


@dataclass(frozen=True)
class Recovery:
    """Seconds from the end of the fault until something new was acknowledged; None: not within `RECOVERY_SECONDS`."""

    fault: str
    seconds: float | None
    took: float


class Chaos:
    def __init__(self, product: Product, *, login: str, password: str) -> None:
        self.product = product
        self.login, self.password = login, password
        self.ledger = Ledger()
        self.recoveries: list[Recovery] = []
        self.complaints: list[str] = []
        self.screen_breaks = 0

    def run(self, faults: Sequence[Fault], *, rounds: int = 1) -> None:
        """With the product running. What is wrong afterwards stands in `complaints`."""
        api = Api(self.product.address, self.product.manage("token", self.login, "--days", "1"))
        place = find_place(api)
        cookies = log_in(self.product.address, self.login, self.password)
        screen = Screen(self.product.push_address, cookies, subjects={f"unit-{unit}" for unit in place.units})
        with self._load(api, place):
            time.sleep(CALM_SECONDS)
            for _round in range(rounds):
                for fault in faults:
                    self._suffer(fault)
        self.product.wait_until_healthy()
        self._look_at(screen, api, place)
        if not is_logged_in(self.product.address, cookies):
            self.complaints.append("who was logged in before the first fault is logged out")
        self.complaints += Audit(self.product, self.ledger).run()

    @contextlib.contextmanager
    def _load(self, api: Api, place: Place) -> Iterator[None]:
        clients = [
            Client(api, self.ledger, place, seed=number, patient=number % IMPATIENT_OF != 0)
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        try:
            yield
        finally:
            for client in clients:
                client.ended.set()
            for client in clients:
                client.join()

    def _suffer(self, fault: Fault) -> None:
        begun = time.monotonic()
        fault.act(self.product)
        over = time.monotonic()
        answered = None
        while answered is None and time.monotonic() < over + RECOVERY_SECONDS:
            time.sleep(0.1)
            answered = self.ledger.first_done_after(over)
        if answered is None:
            self.complaints.append(f"{fault.name}: nothing was answered for {RECOVERY_SECONDS} s")
        seconds = None if answered is None else answered - over
        self.recoveries.append(Recovery(fault.name, seconds, over - begun))
        with contextlib.suppress(Failed):
            self.product.wait_until_healthy(RECOVERY_SECONDS)
        if wrong := fault.look(self.product):
            self.complaints.append(f"{fault.name}: {wrong}")
        time.sleep(CALM_SECONDS)

    def _look_at(self, screen: Screen, api: Api, place: Place) -> None:
        """The screen that was open all the time hears of what happens now."""
        deadline = time.monotonic() + RECOVERY_SECONDS
        while not screen.is_open and time.monotonic() < deadline:
            time.sleep(0.1)
        heard = screen.heard
        entry = self.ledger.open(Entry(Act.TOUCH))
        body = {"project_id": place.project, "unit_id": place.units[0], "channel": "phone", "text": entry.text}
        entry.made = api.post("/interactions", body | {"answer": "none"}, key=entry.key).data["id"]
        entry.outcome = Outcome.DONE
        while screen.heard == heard and time.monotonic() < deadline:
            time.sleep(0.05)
        if screen.heard == heard:
            self.complaints.append("the open screen heard nothing of what happened after the last fault")
        self.screen_breaks = screen.breaks
        screen.close()

    def summary(self) -> Iterator[str]:
        for name in dict.fromkeys(recovery.fault for recovery in self.recoveries):
            of_it = [recovery for recovery in self.recoveries if recovery.fault == name]
            known = [recovery.seconds for recovery in of_it if recovery.seconds is not None]
            times = f"{median(known):6.1f} s, at most {max(known):.1f} s" if known else "never"
            yield f"  {name:22} {len(of_it)} ×  answers again after {times}"
        counts = self.ledger.counts()
        again = sum(entry.sent > 1 for entry in self.ledger.entries)
        yield (
            f"  {len(self.ledger.entries)} acts: {counts[Outcome.DONE]} acknowledged ({again} sent again),"
            f" {counts[Outcome.REFUSED]} refused, {counts[Outcome.UNKNOWN]} never answered;"
            f" the open screen connected again {self.screen_breaks} times"
        )
        refused = [entry.words for entry in self.ledger.entries if entry.outcome is Outcome.REFUSED]
        yield from (f"  refused: {words}" for words in list(dict.fromkeys(refused))[:MOST_REASONS])
        if self.complaints:
            yield from (f"  WRONG: {complaint}" for complaint in self.complaints)
        else:
            yield "  every acknowledged act is there exactly once, every job was done, no state is illegal"


def find_place(api: Api) -> Place:
    """Somewhere in the territory of who asks."""
    try:
        units = api.get("/units?limit=40")["items"]
        categories = api.get("/categories?limit=200")["items"]
    except Unanswered as lost:
        raise Failed("not_healthy", output=str(lost), seconds=0, logs="") from lost
    category = next(row["id"] for row in categories if row["code"] == CATEGORY)
    project = units[0]["project_id"]
    return Place(project, [unit["id"] for unit in units if unit["project_id"] == project], category)
