"""What a person does with a page: reads it, what it loads by itself, its links, and its forms."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from html.parser import HTMLParser

Attributes = dict[str, str | None]

CHOICES = {"radio", "checkbox"}
LOADS = re.compile(r'<[a-z][^<>]*\bhx-trigger="load[^<>]*>')
ASKS_FOR = re.compile(r'\bhx-get="([^"]*)"')
NEVER_SENT = {"file", "submit", "button", "image", "reset"}


@dataclass
class Form:
    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    # What may be chosen, and what must be said.
    choices: dict[str, list[str]] = field(default_factory=dict)
    required: list[str] = field(default_factory=list)
    # `state:next` of a job, as the page says it to a phone that has no network.
    leads: list[str] = field(default_factory=list)

    def leads_from(self, state: str) -> bool:
        return not (state and self.leads) or any(lead.partition(":")[0] == state for lead in self.leads)

    def filled(self, answers: Mapping[str, str | list[str]], *, words: str) -> list[tuple[str, str]]:
        """With these answers; what else must be said gets the first choice, or `words`."""
        sent = [(name, value) for name, value in self.values if name not in answers]
        for name, answer in answers.items():
            sent += [(name, each) for each in ([answer] if isinstance(answer, str) else answer)]
        said = {name for name, value in sent if value}
        for name in self.required:
            if name not in said:
                said.add(name)
                sent.append((name, next(filter(None, self.choices.get(name, ())), words)))
        return sent


class Page:
    """Read through only for who looks at its forms or links: reading a list costs half of what the product needs to make it."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def loads(self) -> list[str]:
        """What it asks for by itself."""
        found = (ASKS_FOR.search(tag) for tag in LOADS.findall(self._text))
        return [unescape(address[1]) for address in found if address]

    @cached_property
    def _read(self) -> Reading:
        return Reading(self._text)

    @property
    def forms(self) -> list[Form]:
        return self._read.forms

    @property
    def state(self) -> str:
        return self._read.state

    @property
    def subjects(self) -> set[str]:
        return self._read.subjects

    def form(self, action: str) -> Form | None:
        """The first one whose address matches this pattern, of those that lead on from here."""
        return next((form for form in self.forms if is_at(form.action, action) and form.leads_from(self.state)), None)

    def linked(self, address: str) -> list[str]:
        return list(dict.fromkeys(link for link in self._read.links if is_at(link, address)))


class Reading(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.subjects: set[str] = set()
        # Of a job's page, which holds the buttons of every state for when there is no network.
        self.state = ""
        self._form: Form | None = None
        self._text_of: str = ""
        self._select: tuple[str, Attributes] = ("", {})
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: Attributes = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if given.get("hx-get") and not (given.get("hx-trigger") or "").startswith("load"):
            self.links.append(str(given["hx-get"]))
        if given.get("data-job-page"):
            self.state = str(given.get("data-state") or "")
        if given.get("data-live"):
            self.subjects |= set(str(given["data-live"]).replace(",", " ").split())
        if tag == "form":
            self._form = Form(given.get("action") or given.get("hx-post") or "")
            self._form.leads = (given.get("data-leads") or "").split()
            if (given.get("method") or given.get("hx-post") or "get") != "get":
                self.forms.append(self._form)
        elif self._form is not None:
            self._read_field(self._form, tag, given)

    def _read_field(self, form: Form, tag: str, given: Attributes) -> None:
        name, kind = given.get("name") or "", given.get("type") or "text"
        if tag == "option" and self._select[0]:
            self._read_option(form, given)
        if not name or "disabled" in given:
            return
        if "required" in given and name not in form.required:
            form.required.append(name)
        if tag == "select":
            self._select = (name, given)
        elif tag == "textarea":
            self._text_of = name
            form.values.append((name, ""))
        elif tag == "button":
            form.choices.setdefault(name, []).append(given.get("value") or "")
        elif tag == "input" and kind in CHOICES:
            form.choices.setdefault(name, []).append(given.get("value") or "on")
            if "checked" in given:
                form.values.append((name, given.get("value") or "on"))
        elif tag == "input" and kind not in NEVER_SENT:
            form.values.append((name, given.get("value") or ""))

    def _read_option(self, form: Form, given: Attributes) -> None:
        name, select = self._select
        known = form.choices.setdefault(name, [])
        known.append(given.get("value") or "")
        if "selected" in given or (len(known) == 1 and "multiple" not in select):
            form.values = [each for each in form.values if each[0] != name]
            form.values.append((name, known[-1]))

    def handle_data(self, data: str) -> None:
        if self._text_of and self._form is not None:
            name, before = self._form.values[-1]
            # The line break after the tag is none of the text (HTML, 13.1.2.5).
            self._form.values[-1] = (name, before + data if before else data.removeprefix("\n"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea":
            self._text_of = ""
        elif tag == "select":
            self._select = ("", {})


def is_at(address: str, pattern: str) -> bool:
    return bool(re.fullmatch(pattern, address.partition("?")[0]))
