"""What can be told in a chat group. Higher apps register in `AppConfig.ready()` what they can put into words.

    register_source(Source("servicerequest", rows=ServiceRequest.objects.visible_to, text=request_text))
    register_posting("fault.announced", Posting(Topic.FAULT, thing=fault_of, text=announcement))
    register_set_posting(SetPosting(Topic.OVERDUE, verbs=frozenset({"clock.breached"}), text=overdue))

A group sees what staff may see of one another's work: numbers are masked, also inside free text.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from gongying.accounts.models import User
from gongying.events.models import Event
from gongying.events.operations import Selected
from gongying.group_chats.models import LONGEST_TEXT

# Eighteen or fifteen digits are an identity card, sixteen to nineteen a bank card; eleven from 13 to 19 a mobile phone, with
# or without spaces; seven or eight after an area code a landline.
CARD = re.compile(r"(?<!\d)(\d{4})\d{7,11}(\d{3}[\dXx])(?![\dXx])")
MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[\s-]?\d{4}[\s-]?(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<!\d)(0\d{2,3})[\s-]?\d{3,4}(\d{4})(?!\d)")


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be told of: which rows somebody sees, how one reads, in which project it is."""

    kind: str
    rows: Callable[[User], Any]
    text: Callable[[Any], str]
    project_of: Callable[[Any], int] = lambda thing: int(thing.project_id)


@dataclass(frozen=True)
class Posting:
    """What a bot says by itself of an event: nothing where the text is empty."""

    topic: str
    text: Callable[[Event], str]


@dataclass(frozen=True)
class SetPosting:
    """What a bot says at once of all events of these verbs that a set-based job recorded together in its project.

    One message however many they are: a chat program takes twenty a minute.
    """

    topic: str
    verbs: frozenset[str]
    text: Callable[[Sequence[Selected]], str]


_sources: dict[str, Source] = {}
_postings: dict[str, list[Posting]] = {}
_set_postings: list[SetPosting] = []


def register_source(source: Source) -> None:
    _sources[source.kind] = source


def find_source(kind: str) -> Source | None:
    return _sources.get(kind)


def register_posting(verb: str, posting: Posting) -> None:
    _postings.setdefault(verb, []).append(posting)


def postings_of(verb: str) -> list[Posting]:
    return _postings.get(verb, [])


def register_set_posting(posting: SetPosting) -> None:
    _set_postings.append(posting)


def set_postings() -> list[SetPosting]:
    return _set_postings


def discreet(text: str) -> str:
    """Without whole numbers of phones and cards, cut to what a chat program takes in one message."""
    for pattern in (CARD, MOBILE, LANDLINE):
        text = pattern.sub(r"\1****\2", text)
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…"
