"""What the personas do, as often as in a day of theirs: the weights are times a day (personas.md 4.1 to 4.5)."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote

from launcher.chaos.clients import Screen
from launcher.load.pages import Form, Page, is_at
from launcher.load.visitor import Visitor

REQUEST, JOB, PLACEMENT = r"/requests/\d+/", r"/jobs/\d+/", r"/dispatch/\d+/"
# Of a request: what her role offers is taken, never what ends it otherwise or asks somebody else.
HANDLING = "accept|start|resolve|report|follow_up|acknowledge|verify|close"
ON_THE_WAY = "accept|claim|set_out|price|arrive|complete"


class Household(NamedTuple):
    id: int
    code: str


@dataclass(frozen=True)
class Colleague:
    """Somebody of a project, as the database knows her."""

    login: str
    role: str
    session: str
    project: int
    households: list[Household]
    # The one request that everybody of the project looks at and writes to.
    talked_about: int
    texts: list[str]


@dataclass
class Day:
    """One person at her screen; each method is one thing she does."""

    who: Colleague
    at: Visitor
    chance: random.Random
    push_address: str

    def watch(self) -> Screen:
        """The first page, and the stream by which it hears of changes; it stays open all day."""
        page = self.at.open("/")
        return Screen(
            self.push_address, self.at.cookies, subjects=page.subjects | {f"servicerequest-{self.who.talked_about}"}
        )

    @property
    def words(self) -> str:
        return self.chance.choice(self.who.texts)

    @property
    def household(self) -> Household:
        return self.chance.choice(self.who.households)

    def look_at_home(self) -> None:
        self.at.open("/")

    def find_a_household(self) -> None:
        household = self.household
        self.at.look(f"/search/?q={household.code}")
        self.at.open(f"/households/{household.id}/")

    def answer_at_once(self) -> None:
        self._enter({"action": "answer"})

    def register_a_repair(self) -> None:
        self._enter({"action": "request", "kind": "repair"})

    def register_a_complaint(self) -> None:
        self._enter({"action": "request", "kind": "complaint", "requested_remedy": self.words})

    def tell_the_state(self) -> None:
        page = self.at.look(f"/search/?q={self.household.code}")
        found = page.linked(REQUEST) or self.at.open("/requests/").linked(REQUEST)
        if found:
            self.at.open(self.chance.choice(found))

    def look_at_the_list(self) -> None:
        self.at.open("/requests/?list=all")
        self.at.look("/requests/lists/")

    def search_the_list(self) -> None:
        word = self.words[:2]
        self.at.open(f"/requests/?list=all&text={quote(word)}")

    def work_off_a_request(self) -> None:
        """The next step that is offered for one of the list."""
        found = self.at.open("/requests/").linked(REQUEST)
        if found:
            address = self.chance.choice(found)
            self._next_step(self.at.open(address), f"{address}steps/({HANDLING})/")

    def work_off_home(self) -> None:
        """What stands on the first page with its button."""
        self._next_step(self.at.open("/"), rf"{REQUEST}steps/(accept|acknowledge|urge)/")

    def look_at_what_all_talk_about(self) -> None:
        self.at.open(f"/requests/{self.who.talked_about}/")

    def note_what_all_talk_about(self) -> None:
        """Everybody of the project writes to the same matter."""
        address = f"/requests/{self.who.talked_about}/"
        page = self.at.open(address)
        if form := page.form(f"{address}notes/"):
            self._send(form, {"text": self.words})

    def receive_a_visitor(self) -> None:
        page = self.at.open("/reception/")
        if form := page.form("/reception/arrivals/"):
            self._send(form, {"purpose": self.chance.choice(form.choices["purpose"])})

    def dispatch(self) -> None:
        page = self.at.open(f"/dispatch/?project={self.who.project}")
        if waiting := page.linked(PLACEMENT):
            panel = self.at.look(self.chance.choice(waiting))
            offered = [form for form in panel.forms if is_at(form.action, PLACEMENT)]
            if offered:
                self._send(self.chance.choice(offered[:3]), {})

    def look_at_my_jobs(self) -> None:
        self.at.open("/jobs/")

    def go_on_with_a_job(self) -> None:
        found = self.at.open("/jobs/").linked(JOB)
        if found:
            address = self.chance.choice(found)
            self._next_step(self.at.open(address), f"{address}steps/({ON_THE_WAY})/")

    def compare_figures(self) -> None:
        self.at.open(f"/reports/?project={self.who.project}")

    def _enter(self, answers: dict[str, str]) -> None:
        page = self.at.look(f"/entries/new/?unit={self.household.id}")
        if form := page.form("/entries/"):
            leaf = form.choices.get("category", [])
            chosen = {"category": self.chance.choice(leaf)} if leaf and answers["action"] == "request" else {}
            self._send(form, {**answers, **chosen, "text": self.words})

    def _next_step(self, page: Page, action: str) -> None:
        form = page.form(action)
        if form is None and not page.state and (drawers := page.linked(action)):
            form = self.at.look(drawers[0]).form(action)
        if form is not None:
            ticks: dict[str, str | list[str]] = {"ticks": form.choices["ticks"]} if "ticks" in form.choices else {}
            # Before paid work: a yes, or a reason.
            reason = {"reason": self.words} if form.action.endswith("/steps/price/") else {}
            self._send(form, {**ticks, **reason})

    def _send(self, form: Form, answers: Mapping[str, str | list[str]]) -> None:
        self.at.send(form, form.filled(answers, words=self.words))


Act = Callable[[Day], None]

DAYS: dict[str, dict[Act, int]] = {
    "receptionist": {
        Day.find_a_household: 60,
        Day.answer_at_once: 40,
        Day.register_a_repair: 15,
        Day.tell_the_state: 15,
        Day.receive_a_visitor: 25,
        Day.register_a_complaint: 3,
        Day.work_off_a_request: 10,
        Day.look_at_home: 10,
        Day.look_at_what_all_talk_about: 5,
        Day.note_what_all_talk_about: 2,
    },
    "steward": {
        Day.look_at_home: 5,
        Day.register_a_repair: 10,
        Day.answer_at_once: 24,
        Day.look_at_the_list: 15,
        Day.work_off_a_request: 20,
        Day.find_a_household: 20,
        Day.look_at_what_all_talk_about: 5,
        Day.note_what_all_talk_about: 2,
    },
    "worker": {Day.look_at_my_jobs: 12, Day.go_on_with_a_job: 48},
    "supervisor": {
        Day.work_off_home: 13,
        Day.dispatch: 20,
        Day.work_off_a_request: 15,
        Day.search_the_list: 5,
        Day.look_at_what_all_talk_about: 5,
        Day.note_what_all_talk_about: 2,
    },
    "site_manager": {
        Day.look_at_home: 5,
        Day.compare_figures: 4,
        Day.look_at_the_list: 5,
        Day.find_a_household: 3,
    },
}
