"""Outside firms that do jobs (E-046)."""

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
    Output,
    Paging,
    PathId,
    current_if_stale,
    line,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.permissions import authorize
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.enums import Trade
from gongying.servicedesk.forms.firms import OutsideFirmForm
from gongying.servicedesk.models import OutsideFirm
from gongying.servicedesk.operations.firms import save_firm
from gongying.servicedesk.rules import MANAGE_FIRMS

router = Router(tags=["outside firms"])

Name = Annotated[str, line(100), Field(examples=["Hongda Lifts"])]
Trades = Annotated[list[Trade], Field(max_length=20, examples=[["lift"]])]
Projects = Annotated[list[Id], Field(max_length=200, description="Empty: all", examples=[[1]])]
Phone = Annotated[str, line(40, shortest=0), Field(examples=["400-100-1234"])]
Duties = Annotated[str, line(LONGEST_TEXT, shortest=0), Field(examples=["On site within 30 minutes."])]


class FirmOut(Output):
    """A firm that does jobs; `outside_firm` of a work order is its name."""

    id: int = Field(examples=[3])
    version: int = Field(examples=[1])
    name: str = Field(examples=["Hongda Lifts"])
    trades: list[Trade] = Field(description="Empty: nothing is said", examples=[["lift"]])
    project_ids: list[int] = Field(description="Empty: all", examples=[[1]])
    contract_until: Day | None = Field(description="The last day", examples=["2027-12-31"])
    phone: str = Field(examples=["400-100-1234"])
    duties: str = Field(examples=["On site within 30 minutes."])
    is_active: bool = Field(examples=[True])

    @staticmethod
    def resolve_project_ids(firm: OutsideFirm) -> list[int]:
        return [project.pk for project in firm.projects.all()]


class FirmIn(Input):
    name: Name
    trades: Trades = Field(default_factory=list)
    project_ids: Projects = Field(default_factory=list)
    contract_until: Day | None = None
    phone: Phone = ""
    duties: Duties = ""
    is_active: Flag = True


class FirmChange(Change):
    name: Name = optional()
    trades: Trades = optional()
    project_ids: Projects = optional()
    contract_until: Day | None = optional()
    phone: Phone = optional()
    duties: Duties = optional()
    is_active: Flag = optional()


def visible(request: SignedInRequest) -> Any:
    authorize(request.user, MANAGE_FIRMS)
    return OutsideFirm.objects.visible_to(request.user).prefetch_related("projects")


@router.get("/outside-firms", response=Listed[FirmOut])
def list_firms(request: SignedInRequest, query: Annotated[Paging, Query()]) -> dict[str, Any]:
    return page(visible(request), query, order=("name", "id"))


@router.post("/outside-firms", response={201: FirmOut})
def create_firm(request: SignedInRequest, body: FirmIn) -> Status[OutsideFirm]:
    authorize(request.user, MANAGE_FIRMS)
    form = checked(OutsideFirmForm(form_data(OutsideFirmForm, body), user=request.user))
    projects = form.cleaned_data["projects"]
    return Status(201, save_firm(form.save(commit=False), projects=projects, by=request.user))


@router.get("/outside-firms/{int:firm_id}", response=FirmOut)
def show_firm(request: SignedInRequest, firm_id: PathId) -> Any:
    return row_or_404(visible(request), firm_id)


@router.patch("/outside-firms/{int:firm_id}", response=FirmOut)
def update_firm(request: SignedInRequest, firm_id: PathId, body: FirmChange) -> Any:
    """One that is out of use is `is_active: false`."""
    firm = row_or_404(visible(request), firm_id)
    form = checked(OutsideFirmForm(changed_data(firm, OutsideFirmForm, body), instance=firm, user=request.user))
    with current_if_stale(firm, FirmOut):
        save_firm(form.save(commit=False), projects=form.cleaned_data["projects"], by=request.user, seen=body.version)
    return row_or_404(visible(request), firm_id)
