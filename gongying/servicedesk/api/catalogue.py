"""What can be ordered, what it costs and since when; what was quoted in a matter."""

from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    matching,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.servicedesk.api.requests import one
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.forms.amounts import PriceForm
from gongying.servicedesk.forms.catalogue import ItemForm
from gongying.servicedesk.models import Quote, ServiceItem, ServicePrice
from gongying.servicedesk.operations import quote_service, save_item, set_price
from gongying.servicedesk.rules import MANAGE_CATALOGUE

router = Router(tags=["services and prices"])

VIEW = "servicedesk.view_requests"
Code = Annotated[str, line(40), Field(examples=["lock-opening"])]
Name = Annotated[str, line(60), Field(examples=["Opening a lock"])]
Measure = Annotated[str, line(20), Field(examples=["visit"])]
Minutes = Annotated[int, Field(ge=0, le=2**31 - 1, strict=True)]
Description = Annotated[str, line(2_000, shortest=0), Field(examples=["Without a new cylinder"])]
Amount = Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2, examples=["80.00"])]
Quantity = Annotated[Decimal, Field(gt=0, max_digits=8, decimal_places=2, examples=["1"])]


class ServicePriceOut(Output):
    id: int = Field(examples=[7])
    item_id: int = Field(examples=[3])
    project_id: int | None = Field(description="null: all projects", examples=[None])
    amount: Decimal = Field(examples=["80.00"])
    since: Day | None = Field(alias="starts_on", examples=["2026-11-22"])
    until: Day | None = Field(alias="ends_on", description="First day no more", examples=[None])


class ServiceOut(Output):
    """Something that can be ordered."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    kind: ItemKind
    code: str = Field(examples=["lock-opening"])
    name: str = Field(examples=["Opening a lock"])
    category_id: int = Field(examples=[12])
    measure: str = Field(description="What the price is per", examples=["visit"])
    is_paid: bool = Field(examples=[True])
    promised_minutes: int | None = Field(examples=[60])
    department_id: int | None = Field(description="Who does it", examples=[None])
    description: str = Field(examples=["Without a new cylinder"])
    is_active: bool = Field(examples=[True])


class ServiceIn(Input):
    kind: ItemKind = ItemKind.SERVICE
    code: Code
    name: Name
    category_id: Id
    measure: Measure
    is_paid: Flag = True
    promised_minutes: Minutes | None = Field(None, examples=[60])
    department_id: Id | None = Field(None, examples=[None])
    description: Description = ""
    is_active: Flag = True


class ServiceChange(Change):
    kind: ItemKind = optional()
    code: Code = optional()
    name: Name = optional()
    category_id: Id = optional()
    measure: Measure = optional()
    is_paid: Flag = optional()
    promised_minutes: Minutes | None = optional(examples=[60])
    department_id: Id | None = optional()
    description: Description = optional()
    is_active: Flag = optional()


class ServiceQuery(Paging):
    kind: ItemKind | None = None
    category_id: PathId | None = None
    is_active: bool | None = None


class ServicePriceIn(Input):
    project_id: Id | None = Field(None, description="null: all projects", examples=[None])
    amount: Amount
    starts_on: Day | None = Field(None, description="Default: today", examples=[None])


class QuoteOut(Output):
    """A copy of the price that was named; later prices do not change it."""

    id: int = Field(examples=[5])
    item_id: int = Field(examples=[3])
    name: str = Field(examples=["Opening a lock"])
    measure: str = Field(examples=["visit"])
    price: Decimal = Field(examples=["80.00"])
    quantity: Decimal = Field(examples=["1.00"])
    total: Decimal = Field(examples=["80.00"])
    priced_from: Day | None = Field(examples=["2026-11-22"])
    by_id: int = Field(description="User", examples=[3])
    at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])


class QuoteIn(Input):
    item_id: Id
    quantity: Quantity = Decimal(1)
    agreed: Flag = Field(False, description="The customer said yes to it, for the amount of the quote")


@router.get("/services", response=Listed[ServiceOut])
def list_services(request: SignedInRequest, query: Annotated[ServiceQuery, Query()]) -> dict[str, Any]:
    authorize(request.user, VIEW)
    return page(matching(ServiceItem.objects.all(), query, "kind", "category_id", "is_active"), query, order=("id",))


@router.post("/services", response={201: ServiceOut})
def create_service(request: SignedInRequest, body: ServiceIn) -> Status[ServiceItem]:
    authorize(request.user, MANAGE_CATALOGUE)
    form = checked(ItemForm(form_data(ItemForm, body)))
    return Status(201, save_item(form.save(commit=False), by=request.user))


@router.get("/services/{int:service_id}", response=ServiceOut)
def show_service(request: SignedInRequest, service_id: PathId) -> ServiceItem:
    authorize(request.user, VIEW)
    return row_or_404(ServiceItem.objects.all(), service_id)


@router.patch("/services/{int:service_id}", response=ServiceOut)
def update_service(request: SignedInRequest, service_id: PathId, body: ServiceChange) -> ServiceItem:
    authorize(request.user, MANAGE_CATALOGUE)
    item = row_or_404(ServiceItem.objects.all(), service_id)
    form = checked(ItemForm(changed_data(item, ItemForm, body), instance=item))
    with current_if_stale(item, ServiceOut):
        return save_item(form.save(commit=False), by=request.user, seen=body.version)


@router.get("/services/{int:service_id}/prices", response=list[ServicePriceOut])
def list_prices(request: SignedInRequest, service_id: PathId) -> list[ServicePrice]:
    """Past, present and to come."""
    authorize(request.user, VIEW)
    item = row_or_404(ServiceItem.objects.all(), service_id)
    return list(ServicePrice.objects.visible_to(request.user).filter(item=item).order_by("id"))


@router.post("/services/{int:service_id}/prices", response={201: ServicePriceOut})
def create_price(request: SignedInRequest, service_id: PathId, body: ServicePriceIn) -> Status[ServicePrice]:
    """From a day on; the price before it ends there, what was quoted stays."""
    authorize(request.user, MANAGE_CATALOGUE)
    item = row_or_404(ServiceItem.objects.all(), service_id)
    form = checked(PriceForm(form_data(PriceForm, body), user=request.user))
    return Status(201, set_price(item, by=request.user, **form.cleaned_data))


@router.get("/requests/{int:request_id}/quotes", response=list[QuoteOut])
def list_quotes(request: SignedInRequest, request_id: PathId) -> list[Quote]:
    return list(one(request, request_id).quotes.order_by("id"))


@router.post("/requests/{int:request_id}/quotes", response={201: QuoteOut})
def create_quote(request: SignedInRequest, request_id: PathId, body: QuoteIn) -> Status[Quote]:
    """The price of today in the project of the request."""
    service_request = one(request, request_id)
    authorize(request.user, "servicedesk.note_request", service_request)
    item = named_row(ServiceItem.objects.active().services(), body.item_id, "item_id")
    quote = quote_service(service_request, item=item, quantity=body.quantity, agreed=body.agreed, by=request.user)
    return Status(201, quote)
