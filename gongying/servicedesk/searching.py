"""Requests under the one search box: by number, by its last four digits, by two characters of the text."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.search import Hit, Query, Score, Shape
from gongying.common.word_search import newest_containing
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import NEWEST_FIRST

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

TAIL = 4
SERIAL = 6
LETTERS_AND_YEAR = 4


class RequestSearch:
    name = "requests"
    label: str | Promise = _("Requests")
    icon = "clipboard-list"

    def search(self, user: "AnyUser", query: Query, limit: int) -> Sequence[Hit]:
        rows = ServiceRequest.objects.visible_to(user).for_list()
        found: dict[int, Hit] = {}
        if Shape.REQUEST_NUMBER in query:
            condition, score = _by_number(query)
            for row in rows.filter(condition).newest_first()[:limit]:
                found[row.pk] = _hit(row, score + (1 if row.is_open else 0))
        if Shape.WORDS in query and len(found) < limit:
            for row in newest_containing(rows, query.text, order=NEWEST_FIRST, limit=limit):
                found.setdefault(row.pk, _hit(row, Score.WORDS + (1 if row.is_open else 0)))
        return list(found.values())[:limit]


def _by_number(query: Query) -> tuple[Q, int]:
    compact = query.compact
    if compact.isdecimal():
        tail = compact[-TAIL:].zfill(TAIL)
        return Q(number_tail=tail), Score.TAIL
    # YG BX26 000123, with any of the dashes left out; the serial may be short of its zeros.
    letters = compact.rstrip("0123456789")
    digits = compact[len(letters) :]
    year, serial = digits[:2], digits[2:].zfill(SERIAL)
    kind, project = letters[-2:].upper(), letters[:-2].upper()
    number = f"{kind}{year}-{serial}"
    condition = Q(number=f"{project}-{number}") if project else Q(number_tail=serial[-TAIL:], number__endswith=number)
    return condition, Score.EXACT


def _hit(row: ServiceRequest, score: int) -> Hit:
    return Hit(
        id=row.pk,
        title=f"{row.number} {row.one_line[:40]}",
        url=reverse("servicedesk:request-show", args=[row.pk]),
        subtitle=" · ".join(filter(None, [row.where, str(row.party or row.caller_name)])),
        badge=row.state_label,
        score=score,
    )
