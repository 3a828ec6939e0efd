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
    rows = ServicePrice.objects.current().holding_in(project_id).filter(item__category=category_id)
    return _lines_by_category(rows.select_related("item")).get(category_id, [])


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
    return ServicePrice.objects.current().holding_in(project.pk).select_related("item")


def show_prices(categories: list[ServiceCategory], prices: Iterable[ServicePrice]) -> list[ServiceCategory]:
    """The categories, each with the lines of the price list to read out (`price_lines`), the only one as `price_line`."""
    lines = _lines_by_category(prices)
    for category in categories:
        category.price_lines = lines.get(category.pk, [])
        category.price_line = str(_named(category.price_lines[0])) if len(category.price_lines) == 1 else ""
    return categories


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
