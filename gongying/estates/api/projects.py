from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    current_if_stale,
    line,
    matching,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.estates.api import writing
from gongying.estates.enums import PropertyKind
from gongying.estates.forms import SETTINGS, SettingsForm
from gongying.estates.models import Project
from gongying.estates.operations import change_settings
from gongying.estates.place_kinds import KINDS, PROJECT
from gongying.organization.rules import SEE_ALL_PROJECTS

router = Router(tags=["estates"])


class ProjectOut(Output):
    """A managed site."""

    id: int = Field(examples=[1])
    version: int = Field(examples=[1])
    code: str = Field(description="Part of every request number", examples=["YG"])
    name: str = Field(examples=["Sunshine Garden"])
    kind: PropertyKind
    address: str = Field(examples=["1 Sunshine Road"])
    served_area_m2: Decimal | None = Field(examples=["200000.00"])


Code = Annotated[str, line(8), Field(examples=["YG"])]
Name = Annotated[str, line(80), Field(examples=["Sunshine Garden"])]
Address = Annotated[str, line(200, shortest=0), Field(examples=["1 Sunshine Road"])]
ServedArea = Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=2, examples=["200000.00"])]


class ProjectIn(Input):
    code: Code
    name: Name
    kind: PropertyKind
    address: Address = ""
    served_area_m2: ServedArea | None = None


class ProjectChange(Change):
    """The code stands in request numbers and stays."""

    name: Name = optional()
    kind: PropertyKind = optional()
    address: Address = optional()
    served_area_m2: ServedArea | None = optional()


class SettingsOut(Output):
    """What a site manager sets for her own project."""

    version: int = Field(description="Of the project", examples=[1])
    service_phone: str = Field(examples=["0571-88886666"])
    service_hours: str = Field(examples=["8:00-20:00"])
    meeting_form: str = Field(examples=["forum"])

    @staticmethod
    def resolve_service_phone(project: Project) -> str:
        return str(project.settings.get("service_phone", ""))

    @staticmethod
    def resolve_service_hours(project: Project) -> str:
        return str(project.settings.get("service_hours", ""))

    @staticmethod
    def resolve_meeting_form(project: Project) -> str:
        return str(project.settings.get("meeting_form", ""))


class SettingsChange(Change):
    service_phone: Annotated[str, line(40, shortest=0)] = optional(examples=["0571-88886666"])
    service_hours: Annotated[str, line(60, shortest=0)] = optional(examples=["8:00-20:00"])
    meeting_form: Literal["", "forum", "symposium", "home_visit", "online"] = optional(examples=["forum"])


class ProjectQuery(Paging):
    kind: PropertyKind | None = None


@router.get("/projects", response=Listed[ProjectOut])
def list_projects(request: SignedInRequest, query: Annotated[ProjectQuery, Query()]) -> dict[str, Any]:
    rows = matching(Project.objects.visible_to(request.user), query, "kind")
    return page(rows, query, order=("code", "id"))


@router.get("/projects/{int:project_id}", response=ProjectOut)
def show_project(request: SignedInRequest, project_id: PathId) -> Project:
    return row_or_404(Project.objects.visible_to(request.user), project_id)


@router.post("/projects", response={201: ProjectOut})
def create_project(request: SignedInRequest, body: ProjectIn) -> Status[Project]:
    """Only who serves all projects opens a new one."""
    authorize(request.user, SEE_ALL_PROJECTS)
    authorize(request.user, PROJECT)
    return writing.register(request, KINDS["project"], Project(), body)


@router.patch("/projects/{int:project_id}", response=ProjectOut)
def update_project(request: SignedInRequest, project_id: PathId, body: ProjectChange) -> Any:
    return writing.change(request, "project", project_id, body, ProjectOut)


@router.delete("/projects/{int:project_id}", response={204: None})
def delete_project(request: SignedInRequest, project_id: PathId, version: Seen = None) -> Status[None]:
    """One that was opened by mistake: only while nothing stands in it."""
    return writing.remove(request, "project", project_id, version, ProjectOut)


@router.get("/projects/{int:project_id}/settings", response=SettingsOut)
def show_settings(request: SignedInRequest, project_id: PathId) -> Project:
    return row_or_404(Project.objects.visible_to(request.user), project_id)


@router.patch("/projects/{int:project_id}/settings", response=SettingsOut)
def update_settings(request: SignedInRequest, project_id: PathId, body: SettingsChange) -> Project:
    project = row_or_404(Project.objects.visible_to(request.user), project_id)
    authorize(request.user, PROJECT, project)
    present = {name: project.settings.get(name, "") for name in SETTINGS}
    form = checked(SettingsForm({**present, **form_data(SettingsForm, body)}))
    chosen = {name: form.cleaned_data[name] for name in SETTINGS}
    with current_if_stale(project, SettingsOut):
        return change_settings(project, by=request.user, seen=body.version, **chosen)
