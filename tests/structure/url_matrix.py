"""Who reaches which URL: one line per page and per API operation, in `lines/<app>.py`. `test_url_matrix.py` makes of each

    every role × (an object in her territory, one in another territory) + an anonymous visitor.

A URL that has no line fails the test. To add one, write into `lines/<app>.py`:

    page("customers:household-show", unit_id="unit", needs="customers.view_files"),
    action("servicedesk:acceptance-create", request_id="request", needs="servicedesk.accept_request"),
    api("GET /units/{unit_id}", unit_id="unit", needs="customers.view_files"),

An argument names an object of `OBJECTS` (`lines/<app>.py` may have its own: name → function of a `Sample`), made in the
territory in question; a value that begins with `=` is literal. `needs` is a permission, or a tuple of which one
suffices; without it every staff member may. `seen_with`: who has none of these does not see the object. `place=False`: the object stands in no territory. `data` is what is sent
(a dict, or a function of the `Sample`); an action without data must refuse who may not before it looks at the form.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from django.urls import reverse

from gongying.accounts.models import User
from gongying.estates.models import Unit


@dataclass
class Sample:
    """One corner of the world: a unit with its owner, and everything that is made there when a line asks for it."""

    unit: Unit
    party: Any
    user: User
    made: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        if name not in self.made:
            self.made[name] = objects()[name](self)
        return self.made[name]


@dataclass(frozen=True)
class Line:
    key: str  # "namespace:name", or "GET /path" of the API
    method: str
    arguments: dict[str, str]
    needs: tuple[str, ...] = ()
    seen_with: tuple[str, ...] = ()  # without one of these the object is not even seen (404)
    place: bool = True
    data: Any = None
    allowed: tuple[int, ...] = ()  # exact statuses for who may; default: anything that is no refusal and no failure
    reason: str = ""

    @property
    def is_api(self) -> bool:
        return " /" in self.key

    @property
    def has_place(self) -> bool:
        return self.place and any(not value.startswith("=") for value in self.arguments.values())

    def __str__(self) -> str:
        return self.key if self.is_api else f"{self.method} {self.key}"


def page(key: str, /, **options: Any) -> Line:
    return _line(key, "GET", options)


def action(key: str, /, **options: Any) -> Line:
    return _line(key, "POST", options)


def api(key: str, /, **options: Any) -> Line:
    return _line(key, key.split(" ", maxsplit=1)[0], options)


def _line(key: str, method: str, options: dict[str, Any]) -> Line:
    known = {name: options.pop(name) for name in ("place", "data", "allowed", "reason") if name in options}
    needs = options.pop("needs", ())
    seen_with = options.pop("seen_with", ())
    return Line(key, method, options, needs=_codes(needs), seen_with=_codes(seen_with), **known)


def _codes(given: str | tuple[str, ...]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


# Reached without a log-in, each with its reason.
PUBLIC = {
    "set_language": "the log-in page can be read in both languages, too; it only sets a cookie",
    "servicedesk:door-rating": "customers rate at the door; the link is signed, holds three days, and names no person",
    "custody:guest-own": "a guest shows her code at the gate; the link is signed, holds as long as her pass, and names no host",
    "schedule:feed-read": "a phone reads its owner's calendar; the address is secret, and she can withdraw it",
    "health-show": "monitoring asks without a log-in; it says nothing about the company",
    "metrics-show": "Prometheus asks without a log-in, from this machine or with a token; for others it is not there",
}


def _modules() -> list[Any]:
    names = sorted(path.stem for path in (Path(__file__).parent / "lines").glob("*.py"))
    return [import_module(f"tests.structure.lines.{name}") for name in names]


def lines() -> list[Line]:
    return [line for module in _modules() for line in module.LINES]


def objects() -> dict[str, Callable[[Sample], Any]]:
    made: dict[str, Callable[[Sample], Any]] = {}
    for module in _modules():
        made.update(getattr(module, "OBJECTS", {}))
    return made


def path_of(line: Line, sample: Sample) -> str:
    arguments = {
        name: value[1:] if value.startswith("=") else sample.get(value).pk for name, value in line.arguments.items()
    }
    if line.is_api:
        return "/api/v1" + line.key.split(" ")[1].format(**arguments)
    return reverse(line.key, kwargs=arguments)
