"""The one search box: what somebody typed, what a provider answers, and who provides.

Each app registers a provider in its `AppConfig.ready()`; `workbench` asks all of them and shows their hits in groups.
A provider answers with one indexed query, scoped by `visible_to(user)`, and with nothing where the shape of the query
is none of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum, auto
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from django.utils.functional import Promise

from gongying.common.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

HAN = "\u3400-\u4dbf\u4e00-\u9fff"
PUNCTUATION = re.compile(r"[\s\-()./#,'_\u2019]+")
DIGITS = re.compile(r"[0-9]+")
PHONE = re.compile(r"\+?[0-9]{7,15}")
# One Chinese character for the province, a letter, five or six letters and digits; new-energy cars have the six.
PLATE = re.compile(rf"[{HAN}][a-z][a-z0-9]{{4,6}}")
# YG-BX26-000123, BX26-000123, BX26000123, with any of the dashes left out.
REQUEST_NUMBER = re.compile(r"(?:[a-z][a-z0-9]{1,7})?[a-z]{2}[0-9]{2}[0-9]{1,6}")
CODE_PARTS = re.compile(r"[a-z]+|[0-9]+[a-z]?")
LONGEST_QUERY = 100
TAIL_DIGITS = 4
LONGEST_SERIAL = 6  # of a request number
LONGEST_UNIT_DIGITS = 8
MOST_UNIT_PARTS = 6
SHORTEST_WORD = 2


class Shape(StrEnum):
    """What a typed word may be. One word may be several: 1234 is the tail of a phone, of a request and a flat."""

    PHONE = auto()
    TAIL = auto()
    UNIT_CODE = auto()
    PLATE = auto()
    PLATE_TAIL = auto()
    REQUEST_NUMBER = auto()
    PINYIN = auto()
    NAME = auto()
    WORDS = auto()


class Score:
    """How good a hit is; groups and rows are sorted by it. Add up to 9 to prefer (owners and users before others)."""

    EXACT = 100
    TAIL = 80
    PREFIX = 60
    PART = 40
    WORDS = 20


@dataclass(frozen=True)
class Query:
    """What was typed, read in the ways people mean it."""

    typed: str

    @cached_property
    def text(self) -> str:
        """Full-width and capital letters made plain, spaces single."""
        return normalise(self.typed)[:LONGEST_QUERY]

    @cached_property
    def compact(self) -> str:
        """Without spaces, dashes and brackets: `13800001234`, `yg-bx26-000123` → `ygbx26000123`."""
        return PUNCTUATION.sub("", self.text)

    @cached_property
    def digits(self) -> str:
        return "".join(DIGITS.findall(self.text))

    @cached_property
    def code_parts(self) -> tuple[str, ...]:
        """The numbers and letters of a place, whatever words stand between: `("2", "1", "301")`."""
        return tuple(CODE_PARTS.findall(self.text))

    @cached_property
    def shapes(self) -> frozenset[Shape]:
        text, compact, parts = self.text, self.compact, self.code_parts
        only_digits = compact.isascii() and compact.isdigit()
        has_han = re.search(f"[{HAN}]", text) is not None
        tests = {
            Shape.PHONE: PHONE.fullmatch(compact) is not None,
            Shape.TAIL: only_digits and len(compact) == TAIL_DIGITS,
            Shape.UNIT_CODE: self._may_be_unit(only_digits=only_digits) and len(parts) > 0,
            Shape.PLATE: PLATE.fullmatch(compact) is not None,
            Shape.PLATE_TAIL: re.fullmatch(r"[a-z0-9]{4,7}", compact) is not None and self.digits != "",
            Shape.REQUEST_NUMBER: REQUEST_NUMBER.fullmatch(compact) is not None
            or (only_digits and len(compact) <= LONGEST_SERIAL),
            Shape.PINYIN: re.fullmatch(r"[a-z]+", compact) is not None,
            Shape.NAME: has_han or (re.fullmatch(r"[a-z .'-]{2,}", text) is not None),
            Shape.WORDS: len(compact) >= SHORTEST_WORD and not only_digits,
        }
        return frozenset(shape for shape, holds in tests.items() if holds)

    def __contains__(self, shape: Shape) -> bool:
        """`if Shape.PHONE in query: …`"""
        return shape in self.shapes

    def __bool__(self) -> bool:
        return self.compact != ""

    def _may_be_unit(self, *, only_digits: bool) -> bool:
        if only_digits:
            return len(self.compact) <= LONGEST_UNIT_DIGITS
        return any(part[0].isdigit() for part in self.code_parts) and len(self.code_parts) <= MOST_UNIT_PARTS


@dataclass(frozen=True)
class Hit:
    """One row under the search box."""

    title: str
    url: str
    subtitle: str = ""
    badge: str = ""
    score: int = Score.PART
    id: int = 0  # of the thing that the provider finds


class SearchProvider(Protocol):
    """Finds one kind of thing. `name` is the group's id in the page, `label` its heading, `icon` a Tabler icon."""

    name: str
    label: str | Promise
    icon: str

    def search(self, user: "AnyUser", query: Query, limit: int) -> Sequence[Hit]: ...


_providers: dict[str, SearchProvider] = {}


def register(provider: SearchProvider) -> None:
    _providers[provider.name] = provider


def providers() -> list[SearchProvider]:
    return list(_providers.values())
