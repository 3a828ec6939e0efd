"""Our own book of what was sent and what was acknowledged; the product is held against it at the end."""

from __future__ import annotations

import random
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from launcher.chaos.clients import Answer, Api, Unanswered, new_key

PAUSE_SECONDS = 0.3
# Somebody who presses the button again gives up at last; what she sent may or may not have been done.
LONGEST_PATIENCE_SECONDS = 60


def a_photo() -> bytes:
    """The smallest PNG: one pixel (RFC 2083)."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" + bytes(3))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class Act(StrEnum):
    REQUEST = "request"
    ACCEPTANCE = "acceptance"
    TOUCH = "touch"
    PHOTO = "photo"


class Outcome(StrEnum):
    DONE = "done"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass
class Entry:
    """One thing that somebody wanted done. `about` is the id of what it is done to."""

    act: Act
    key: str = field(default_factory=new_key)
    about: int = 0
    outcome: Outcome = Outcome.UNKNOWN
    made: int = 0
    sent: int = 0
    at: float = 0.0
    words: str = ""
    is_given_up: bool = False  # after a minute of trying

    @property
    def text(self) -> str:
        """By which it is found again."""
        return f"The tap in the kitchen drips {self.key}"


class Ledger:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.entries: list[Entry] = []

    def open(self, entry: Entry) -> Entry:
        with self._lock:
            self.entries.append(entry)
        return entry

    def of(self, act: Act) -> list[Entry]:
        return [entry for entry in self.entries if entry.act is act]

    def counts(self) -> Counter[Outcome]:
        return Counter(entry.outcome for entry in self.entries)

    def first_done_after(self, moment: float) -> float | None:
        """When the first thing was acknowledged that was sent after `moment`."""
        return min((entry.at for entry in list(self.entries) if entry.at > moment), default=None)


@dataclass(frozen=True)
class Place:
    project: int
    units: Sequence[int]
    category: int


class Client(threading.Thread):
    """Somebody who registers, accepts and logs without pause. The impatient never send anything a second time."""

    def __init__(self, api: Api, ledger: Ledger, place: Place, *, seed: int, patient: bool) -> None:
        super().__init__(daemon=True)
        self.api, self.ledger, self.place, self.patient = api, ledger, place, patient
        self.chance = random.Random(seed)  # noqa: S311 -- which household calls, no secret
        self.ended = threading.Event()
        # What was registered and is accepted later, perhaps after the next fault.
        self.put_off: list[int] = []

    def run(self) -> None:
        while not self.ended.is_set():
            self.chance.choice((self.log_a_touch, self.register, self.accept))()
            self.ended.wait(PAUSE_SECONDS * self.chance.random())

    def log_a_touch(self) -> None:
        entry = Entry(Act.TOUCH)
        body = {
            "project_id": self.place.project,
            "unit_id": self.chance.choice(self.place.units),
            "channel": "phone",
            "text": entry.text,
            "answer": "explained",
            "result": "Told how it is done.",
        }
        self.send(entry, lambda: self.api.post("/interactions", body, key=entry.key))

    def register(self) -> None:
        photo = self.hand_in_a_photo() if self.chance.random() < 0.3 else 0  # noqa: PLR2004
        entry = Entry(Act.REQUEST)
        body: dict[str, Any] = {
            "kind": "repair",
            "category_id": self.place.category,
            "unit_id": self.chance.choice(self.place.units),
            "channel": "phone",
            "text": entry.text,
        }
        if photo:
            body["photo_ids"] = [photo]
        self.send(entry, lambda: self.api.post("/requests", body, key=entry.key))
        if entry.outcome is Outcome.DONE:
            self.put_off.append(entry.made)

    def accept(self) -> None:
        """The one that has waited longest, or the one that was registered a moment ago."""
        if self.put_off:
            entry = Entry(Act.ACCEPTANCE, about=self.put_off.pop(self.chance.choice((0, -1))))
            path = f"/requests/{entry.about}/acceptance"
            self.send(entry, lambda: self.api.post(path, {}, key=entry.key))

    def hand_in_a_photo(self) -> int:
        entry = Entry(Act.PHOTO)
        name = f"{entry.key}.png"
        self.send(entry, lambda: self.api.upload("/attachments", a_photo(), name=name, key=entry.key))
        return entry.made if entry.outcome is Outcome.DONE else 0

    def send(self, entry: Entry, call: Callable[[], Answer]) -> None:
        """Until it is answered, with the same key; or once."""
        self.ledger.open(entry)
        gives_up = time.monotonic() + LONGEST_PATIENCE_SECONDS
        while True:
            entry.sent += 1
            try:
                answer = call()
            except Unanswered as lost:
                entry.words = str(lost)
            else:
                entry.outcome = Outcome.DONE if answer.is_done else Outcome.REFUSED
                if answer.is_done:
                    entry.made, entry.at = int(answer.data["id"]), time.monotonic()
                else:
                    entry.words = str(answer.data)[:300]
                return
            if not self.patient:
                return
            if time.monotonic() > gives_up:
                entry.is_given_up = True
                return
            time.sleep(PAUSE_SECONDS)
