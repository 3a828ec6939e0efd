"""What the hands do at a page, counted in the page itself, and the budgets of `personas.md` beside it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Desk

# What a practised hand needs beside the machine: to find and press a button, and to press a key of a text.
SECONDS_A_CLICK, SECONDS_A_KEY = 1.1, 0.2
PROPERTY = "budget"

# One action is a click or tap, Enter, or a key that is a command; what is typed is counted in keys, also Tab to the next
# field; a Chinese character takes about two of them.
# A list is opened and chosen from: two. What stands in a field at once was put there by a driver: a hand would have
# had to go to the field. The session of the tab keeps the count from page to page.
COUNT = r"""(() => {
  const kept = () => JSON.parse(sessionStorage.getItem("hands") ?? '{"actions": 0, "keys": 0}');
  const count = (name, by = 1) => {
    const hands = kept();
    hands[name] += by;
    sessionStorage.setItem("hands", JSON.stringify(hands));
  };
  const isText = (element) => element.matches?.(
    "textarea, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=file])");
  const isCommand = (event) =>
    event.ctrlKey || event.altKey || event.metaKey
    || (event.key === "Enter" && event.target.localName !== "textarea") || !isText(event.target);
  const listen = (type, heard) => document.addEventListener(type, heard, { capture: true });
  listen("pointerdown", (event) => event.isTrusted && count("actions"));
  listen("keydown", (event) => {
    if (!event.isTrusted || event.repeat || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    if (event.key === "Tab") count("keys");
    else if (isCommand(event)) count("actions");
  });
  listen("input", (event) => {
    if (!event.isTrusted || !isText(event.target)) return;
    const text = event.data ?? "";
    for (const character of text) count("keys", character > "\u2e7f" ? 2 : 1);
    if (text.length > 1) count("actions");
  });
  listen("change", (event) => {
    if (!event.isTrusted && event.target.type !== "file") count("actions", event.target.localName === "select" ? 2 : 1);
  });
})()"""
NOTHING = '{"actions": 0, "keys": 0}'


class Task(NamedTuple):
    """A line of the tables 4.1 and 4.2, and what it took."""

    persona: str
    name: str
    most_clicks: int
    most_seconds: int
    clicks: int
    keys: int
    machine: float

    @property
    def by_hand(self) -> float:
        return self.clicks * SECONDS_A_CLICK + self.keys * SECONDS_A_KEY

    @property
    def line(self) -> str:
        over = "  OVER" if self.clicks > self.most_clicks else ""
        seconds = f"{self.machine:5.1f} s + {self.by_hand:5.1f} s by hand"
        return (
            f"{self.persona:13}{self.name:42}{self.clicks:3} of {self.most_clicks:2} clicks   {seconds}"
            f" of {self.most_seconds:3} s{over}"
        )


@dataclass
class Budgets:
    """Measures tasks, and judges their clicks when all of a day are done; seconds are told only."""

    record: Callable[[str, object], None]
    tasks: list[Task] = field(default_factory=list)

    @contextmanager
    def of(self, desk: "Desk", persona: str, name: str, clicks: int, seconds: int) -> Iterator[None]:
        desk.actions = 0
        began = time.monotonic()
        yield
        machine = time.monotonic() - began
        done = desk.hands()
        task = Task(persona, name, clicks, seconds, done["actions"], done["keys"], machine)
        self.tasks.append(task)
        self.record(PROPERTY, tuple(task))

    def judge(self) -> None:
        assert [task.line for task in self.tasks if task.clicks > task.most_clicks] == []


def reported(reports: list[pytest.TestReport]) -> list[Task]:
    return [Task(*told) for report in reports for name, told in report.user_properties if name == PROPERTY]  # type: ignore[misc, has-type]


def hands_of(page: Any) -> dict[str, int]:
    told: dict[str, int] = page.evaluate(f"JSON.parse(sessionStorage.getItem('hands') ?? '{NOTHING}')")
    return told
