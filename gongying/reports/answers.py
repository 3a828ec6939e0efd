"""How touches were answered, by the post of whoever heard them first (R-012)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.interactions.enums import AnswerKind, Direction
from gongying.interactions.models import InteractionQuerySet
from gongying.organization.models import Post

# What an answer can be; a touch that nobody has answered yet has none.
SHOWN = (AnswerKind.EXPLAINED, AnswerKind.WITHIN_AUTHORITY, AnswerKind.APPOINTMENT, AnswerKind.REQUEST)


@dataclass(frozen=True)
class AnswerCell:
    """How many of the post's answers were of this kind; `url` opens exactly these touches."""

    number: int
    percent: Decimal | None
    url: str


@dataclass(frozen=True)
class AnswerLine:
    label: str | Promise
    total: int
    cells: list[AnswerCell]


def answers_by_post(touches: InteractionQuerySet, period: Mapping[str, str]) -> list[AnswerLine]:
    """A line for each post that answered anything, the busiest first. The post is the one that the person has today."""
    heard = touches.filter(direction=Direction.INBOUND, answer__in=SHOWN, first_responder__isnull=False)
    groups = heard.order_by().values("first_responder__staff__post", "answer").annotate(number=Count("pk"))
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for group in groups:
        counts[group["first_responder__staff__post"] or 0][group["answer"]] = group["number"]
    names = {post.pk: f"{post.department} {post}" for post in Post.objects.select_related("department")}
    lines = [_line(pk, names.get(pk, _("without a post")), numbers, period) for pk, numbers in counts.items()]
    return sorted(lines, key=lambda line: -line.total)


def _line(pk: int, label: str | Promise, numbers: Mapping[str, int], period: Mapping[str, str]) -> AnswerLine:
    total = sum(numbers.values())
    address = reverse("interactions:interaction-index")
    cells = []
    for kind in SHOWN:
        number = numbers.get(kind, 0)
        query = {**period, "direction": Direction.INBOUND.value, "answer": kind.value, "post": pk}
        percent = (Decimal(100 * number) / total).quantize(Decimal("0.1"), ROUND_HALF_UP) if total else None
        cells.append(AnswerCell(number, percent, f"{address}?{urlencode(query)}"))
    return AnswerLine(label, total, cells)
