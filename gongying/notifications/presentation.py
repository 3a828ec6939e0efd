"""How a notification reads: the words of its event, and what it opens."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gongying.common.templatetags.formats import in_words
from gongying.events.presentation import Details, Reading, Words, reading_of, register_readings
from gongying.events.subjects import AnyUser, find_kind
from gongying.notifications.digests import find_part
from gongying.notifications.models import Notification


@dataclass(frozen=True)
class Notice:
    """A notification, ready to be shown. Of what its reader may see no more, only the bare fact remains."""

    row: Notification
    reading: Reading
    thing: Any = None
    url: str = ""
    is_hidden: bool = False

    @property
    def details(self) -> Details:
        details: Details = self.row.event.details
        return details

    @property
    def title(self) -> Words:
        return self.reading.title_of(self.details)

    @property
    def icon(self) -> str:
        return self.reading.icon_of(self.details)

    @property
    def text(self) -> Words:
        """What the thing itself does not say already."""
        text = "" if self.is_hidden else self.reading.text(self.details)
        return "" if str(text) == str(self.thing) else text

    @property
    def facts(self) -> list[tuple[Words, Words]]:
        """Without the thing itself, which is named before them."""
        facts = [] if self.is_hidden else self.reading.facts(self.details)
        return [(label, value) for label, value in facts if str(value) != str(self.thing)]

    @property
    def tone(self) -> str:
        return self.reading.tone(self.details)

    @property
    def one_line(self) -> str:
        parts = [self.title, self.thing or "", self.text, *(value for _label, value in self.facts)]
        return " · ".join(words for words in map(in_words, parts) if words)


def notices_of(rows: Iterable[Notification], *, user: AnyUser) -> list[Notice]:
    """One query for each kind of thing they are about."""
    rows = list(rows)
    ids: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if row.about_id is not None:
            ids[row.about_kind].add(row.about_id)
    seen = {key: _visible(key, wanted, user) for key, wanted in ids.items()}
    return [_notice(row, seen) for row in rows]


def _visible(key: str, ids: set[int], user: AnyUser) -> dict[int, Any]:
    kind = find_kind(key)
    if kind is None:
        return {}
    return {thing.pk: thing for thing in kind.visible_to(user).filter(pk__in=ids).select_related(*kind.related)}


def _notice(row: Notification, seen: dict[str, dict[int, Any]]) -> Notice:
    reading = reading_of(row.event.verb)
    if row.about_id is None:
        return Notice(row, reading)
    thing = seen[row.about_kind].get(row.about_id)
    if thing is None:
        return Notice(row, reading, is_hidden=True)
    kind = find_kind(row.about_kind)
    return Notice(row, reading, thing=thing, url=kind.url_of(row.about_id) if kind else "")


def _counted(details: Details) -> Words:
    found = [(find_part(key), number) for key, number in details.get("counts", {}).items()]
    words = [f"{part.label} {number}" for part, number in found if part is not None]
    if unread := details.get("unread"):
        words.append(gettext("unread notices %(n)s") % {"n": unread})
    return ", ".join(words)


def register() -> None:
    register_readings({"digest.made": Reading(_("Your day"), "sun", _counted)})
