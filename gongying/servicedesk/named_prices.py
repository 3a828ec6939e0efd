"""The price that a customer can say yes to: what was quoted to her, else the one line that her matter has in the price list (E-047)."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone

from gongying.common.statements import Statement
from gongying.estates.models import Project
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.models import ServiceCategory, ServicePrice, ServiceRequest

PRICES: Statement[ServicePrice] = Statement(
    lambda on, project: ServicePrice.objects.on(on).holding_in(project).select_related("item"), on=date, project=int
)
PRICES_OF_CATEGORY: Statement[ServicePrice] = Statement(
    lambda on, project, category: (
        ServicePrice.objects.on(on).holding_in(project).filter(item__category=category).select_related("item")
    ),
    on=date,
    project=int,
    category=int,
)


@dataclass(frozen=True)
class NamedPrice:
    words: str
    amount: Decimal
    # Of the price list, where it was not quoted yet.
    line: ServicePrice | None = None

    def __str__(self) -> str:
        return self.words


def price_before_discount(service_request: ServiceRequest) -> Decimal | None:
    """What was quoted, else the lowest line of the list for the category: a yes to less is a discount."""
    quote = service_request.quotes.last() if service_request.may_have("quotes") else None
    if quote is not None:
        return quote.total
    return min(
        (line.amount for line in lines_of(service_request.category_id, service_request.project_id)), default=None
    )


def lines_of(category_id: int, project_id: int) -> list[ServicePrice]:
    """The services of the category with their prices of today: somebody chooses where there are several."""
    rows = PRICES_OF_CATEGORY.rows(on=timezone.localdate(), project=project_id, category=category_id)
    return _lines_by_category(rows).get(category_id, [])


def price_named_for(service_request: ServiceRequest) -> NamedPrice | None:
    quote = service_request.quotes.last() if service_request.may_have("quotes") else None
    if quote is not None:
        return NamedPrice(str(quote), quote.total)
    return listed_price_of(service_request.category_id, service_request.project_id)


def listed_price_of(category_id: int, project_id: int) -> NamedPrice | None:
    lines = lines_of(category_id, project_id)
    return _named(lines[0]) if len(lines) == 1 else None


def prices_in(project: Project) -> Iterable[ServicePrice]:
    """The whole list as it holds today, a project's own prices first."""
    return PRICES.rows(on=timezone.localdate(), project=project.pk)


def show_prices(categories: list[ServiceCategory], prices: Iterable[ServicePrice]) -> list[ServiceCategory]:
    """The categories, each with the lines of the price list to read out (`price_lines`), the only one as `price_line`."""
    lines = _lines_by_category(prices)
    return [_with_lines(category, lines[category.pk]) if category.pk in lines else category for category in categories]


def _with_lines(category: ServiceCategory, lines: list[ServicePrice]) -> ServiceCategory:
    """A copy: the categories themselves are those of every project."""
    category = copy(category)
    category.price_lines = lines
    category.price_line = str(_named(lines[0])) if len(lines) == 1 else ""
    return category


def _lines_by_category(prices: Iterable[ServicePrice]) -> dict[int, list[ServicePrice]]:
    """Of prices that hold now, a project's own first."""
    by_item: dict[int, ServicePrice] = {}
    for price in prices:
        item = price.item
        if item.is_active and item.is_paid and item.kind == ItemKind.SERVICE:
            by_item.setdefault(item.pk, price)
    lines: dict[int, list[ServicePrice]] = {}
    for price in by_item.values():
        lines.setdefault(price.item.category_id, []).append(price)
    return lines


def _named(price: ServicePrice) -> NamedPrice:
    return NamedPrice(f"{price.item} {price}", price.amount, price)
