"""The price that a customer can say yes to: what was quoted to her, else the one line that her matter has in the price list (E-047)."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from gongying.estates.models import Project
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.models import ServiceCategory, ServicePrice, ServiceRequest


@dataclass(frozen=True)
class NamedPrice:
    words: str
    amount: Decimal
    # Of the price list, where it was not quoted yet.
    line: ServicePrice | None = None

    def __str__(self) -> str:
        return self.words


def price_named_for(service_request: ServiceRequest) -> NamedPrice | None:
    quote = service_request.quotes.last() if service_request.may_have("quotes") else None
    if quote is not None:
        return NamedPrice(str(quote), quote.total)
    return listed_price_of(service_request.category_id, service_request.project_id)


def listed_price_of(category_id: int, project_id: int) -> NamedPrice | None:
    rows = ServicePrice.objects.current().holding_in(project_id).filter(item__category=category_id)
    return listed_prices(rows.select_related("item")).get(category_id)


def prices_in(project: Project) -> Iterable[ServicePrice]:
    """The whole list as it holds today, a project's own prices first."""
    return ServicePrice.objects.current().holding_in(project.pk).select_related("item")


def listed_prices(prices: Iterable[ServicePrice]) -> dict[int, NamedPrice]:
    """By category, of prices that hold now, a project's own first: where a category has several services, somebody chooses."""
    by_item: dict[int, ServicePrice] = {}
    for price in prices:
        item = price.item
        if item.is_active and item.is_paid and item.kind == ItemKind.SERVICE:
            by_item.setdefault(item.pk, price)
    counted: dict[int, list[ServicePrice]] = {}
    for price in by_item.values():
        counted.setdefault(price.item.category_id, []).append(price)
    return {key: _named(lines[0]) for key, lines in counted.items() if len(lines) == 1}


def show_prices(categories: list[ServiceCategory], prices: Iterable[ServicePrice]) -> list[ServiceCategory]:
    """The categories, each with its line of the price list to read out (`price_line`)."""
    lines = listed_prices(prices)
    for category in categories:
        category.price_line = str(lines.get(category.pk, ""))
    return categories


def _named(price: ServicePrice) -> NamedPrice:
    return NamedPrice(f"{price.item} {price}", price.amount, price)
