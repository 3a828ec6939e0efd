from typing import Annotated, Any

from ninja import Field, Query, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Listed, Output, Paging, PathId, matching, named_row, page, row_or_404
from gongying.estates.models import Project
from gongying.organization.enums import Trade
from gongying.servicedesk.enums import Payer, Urgency
from gongying.servicedesk.models import ServiceCategory

router = Router(tags=["categories"])


class CategoryOut(Output):
    """What a request is about; its leaves say urgency, trade, who pays and whether to follow up."""

    id: int = Field(examples=[12])
    code: str = Field(examples=["home-plumbing-leak"])
    name: str = Field(examples=["Leak"])
    path: str = Field(examples=["Home / Plumbing / Leak"])
    parent_id: int | None = Field(examples=[11])
    property_kinds: list[str] = Field(description="Empty: all", examples=[["residential"]])
    default_urgency: Urgency
    trade: Trade | None
    payer: Payer
    needs_follow_up: bool = Field(examples=[True])
    is_active: bool = Field(examples=[True])

    @staticmethod
    def resolve_trade(row: ServiceCategory) -> str | None:
        return row.trade or None


class CategoryQuery(Paging):
    parent_id: PathId | None = None
    project_id: PathId | None = Field(None, description="Only leaves that are offered in this project")


@router.get("/categories", response=Listed[CategoryOut])
def list_categories(request: SignedInRequest, query: Annotated[CategoryQuery, Query()]) -> dict[str, Any]:
    rows: Any = ServiceCategory.objects.active()
    if query.project_id:
        project = named_row(Project.objects.visible_to(request.user), query.project_id, "project_id")
        rows = ServiceCategory.objects.offered_in(project)
    return page(matching(rows, query, "parent_id"), query, order=("position", "id"))


@router.get("/categories/{int:category_id}", response=CategoryOut)
def show_category(request: SignedInRequest, category_id: PathId) -> ServiceCategory:
    return row_or_404(ServiceCategory.objects.all(), category_id)
