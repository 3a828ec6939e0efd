"""Service times: what is promised where, and further versions of it."""

from collections.abc import Sequence
from typing import Annotated, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    Seen,
    Whole,
    line,
    matching,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.servicedesk.enums import Metric, RequestKind, Severity, TimeUnit, Urgency
from gongying.servicedesk.forms.service_times import ServiceTimesForm
from gongying.servicedesk.forms.service_times_asked import HoldingForm
from gongying.servicedesk.models import ServiceTimePolicy, ServiceTimeTarget
from gongying.servicedesk.models.policies import LONGEST_MINUTES, LONGEST_SOURCE
from gongying.servicedesk.operations.service_times import end_service_times, set_service_times
from gongying.servicedesk.policy_choice import policy_for, why
from gongying.servicedesk.rules import MANAGE_SERVICE_TIMES
from gongying.servicedesk.service_time_outlook import outlook
from gongying.servicedesk.service_time_page import policies

router = Router(tags=["service times"])

Amount = Annotated[Whole, Field(ge=0, le=LONGEST_MINUTES, examples=[120])]
Source = Annotated[str, line(LONGEST_SOURCE), Field(examples=["Service contract of 2026, annex 3"])]
SeenVersion = Annotated[int | None, Field(ge=1, le=32_767, description="The version as last read", examples=[1])]


class TargetOut(Output):
    """One promise, e.g. resolution within 3 working days, at most 10 calendar days."""

    metric: Metric
    amount: int = Field(examples=[3])
    unit: TimeUnit
    limit_amount: int | None = Field(description="No pause moves this", examples=[10])
    limit_unit: TimeUnit | None

    @staticmethod
    def resolve_limit_unit(row: ServiceTimeTarget) -> str | None:
        return row.limit_unit or None


class ServiceTimesOut(Output):
    """A rule in one version. Fields of its scope that are null name everything."""

    id: int = Field(examples=[12])
    version: int = Field(examples=[2])
    project_id: int | None = Field(description="Null: everywhere", examples=[None])
    kind: RequestKind | None
    category_id: int | None = Field(description="With all below it", examples=[None])
    urgency: Urgency | None
    severity: Severity | None = Field(description="Of complaints")
    source: str = Field(examples=["Service contract of 2026, annex 3"])
    valid_from: Moment = Field(examples=["2026-12-01T00:00:00+08:00"])
    is_given_up: bool = Field(description="The next wider rule holds from then on", examples=[False])
    created_by_id: int | None = Field(description="User; null: installed as standard", examples=[3])
    created_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    targets: list[TargetOut]

    @staticmethod
    def resolve_kind(row: ServiceTimePolicy) -> str | None:
        return row.kind or None

    @staticmethod
    def resolve_urgency(row: ServiceTimePolicy) -> str | None:
        return row.urgency or None

    @staticmethod
    def resolve_severity(row: ServiceTimePolicy) -> str | None:
        return row.severity or None

    @staticmethod
    def resolve_targets(row: ServiceTimePolicy) -> list[ServiceTimeTarget]:
        return list(row.target_rows.all())


class TargetIn(Input):
    metric: Metric
    amount: Amount = Field(0, description="Of no meaning for the time agreed with the customer")
    unit: TimeUnit
    limit_amount: Amount | None = Field(None, description="At most; no pause moves it", examples=[10])
    limit_unit: TimeUnit | None = None


Targets = Annotated[list[TargetIn], Field(min_length=1, max_length=len(Metric))]


class VersionIn(Input):
    version: SeenVersion = None
    targets: Targets
    source: Source
    valid_from: Moment | None = Field(None, description="Null: now", examples=[None])


class ServiceTimesIn(Input):
    project_id: Id | None = Field(None, description="Null: everywhere, for those who see all projects")
    kind: RequestKind | None = None
    category_id: Id | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    targets: Targets
    source: Source
    valid_from: Moment | None = Field(None, description="Null: now", examples=[None])


class HoldingOut(Output):
    policy: ServiceTimesOut | None = Field(description="Null: nothing is promised")
    chosen_by: str = Field(examples=["chosen by: kind"])


class OutlookOut(Output):
    """Of one promise, over requests of the last 30 days that it would hold for."""

    metric: Metric
    requests: int = Field(examples=[120])
    late: int = Field(examples=[4])
    would_be_late: int = Field(examples=[9])


class ServiceTimesQuery(Paging):
    project_id: PathId | None = None
    kind: RequestKind | None = None
    category_id: PathId | None = None
    urgency: Urgency | None = None


class HoldingQuery(Input):
    project_id: PathId
    category_id: PathId
    kind: RequestKind = RequestKind.REPAIR
    urgency: Urgency | None = Field(None, description="Null: as the category says")
    severity: Severity | None = None


def visible(request: SignedInRequest) -> Any:
    rows: Any = policies()
    return rows.visible_to(request.user)


def changeable(request: SignedInRequest, policy_id: int) -> ServiceTimePolicy:
    """The last version of a rule that she may change."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    policy = row_or_404(visible(request).changeable_by(request.user), policy_id)
    last: ServiceTimePolicy = visible(request).of_scope(policy.scope).first()
    return last


@router.get("/service-times", response=Listed[ServiceTimesOut])
def list_service_times(request: SignedInRequest, query: Annotated[ServiceTimesQuery, Query()]) -> dict[str, Any]:
    """What is in force now: the company's rules and those of the own projects."""
    rows = matching(visible(request).in_force(), query, "project_id", "kind", "category_id", "urgency")
    return page(rows, query, order=("id",))


@router.get("/service-times/holding", response=HoldingOut)
def show_holding(request: SignedInRequest, query: Annotated[HoldingQuery, Query()]) -> dict[str, Any]:
    """Which rule holds for a matter that is registered now, and why."""
    given = {key.removesuffix("_id"): value or "" for key, value in query.model_dump(mode="json").items()}
    form = checked(HoldingForm(given, user=request.user), where="query")
    policy = policy_for(form.matter, at=timezone.now()) if form.matter else None
    return {"policy": policy, "chosen_by": why(policy) if policy else ""}


@router.post("/service-times", response={201: ServiceTimesOut})
def create_service_times(request: SignedInRequest, body: ServiceTimesIn) -> Status[ServiceTimePolicy]:
    """For what has none of its own yet; an existing rule gets a further version."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    form = _checked(body, ServiceTimesForm(_data_of(body), user=request.user))
    return Status(201, set_service_times(form.scope, by=request.user, **form.arguments()))


@router.post("/service-times/outlook", response=list[OutlookOut])
def show_outlook(request: SignedInRequest, body: ServiceTimesIn) -> Sequence[Any]:
    """How late requests of the last 30 days would have been under these times. Nothing is written."""
    authorize(request.user, MANAGE_SERVICE_TIMES)
    form = _checked(body, ServiceTimesForm(_data_of(body), user=request.user, may_exist=True))
    return outlook(form.scope, form.cleaned_data["targets"], user=request.user)


@router.get("/service-times/{int:policy_id}", response=ServiceTimesOut)
def show_service_times(request: SignedInRequest, policy_id: PathId) -> Any:
    return row_or_404(visible(request), policy_id)


@router.get("/service-times/{int:policy_id}/versions", response=list[ServiceTimesOut])
def list_service_time_versions(request: SignedInRequest, policy_id: PathId) -> list[ServiceTimePolicy]:
    """Of the same scope, the last one first."""
    policy = row_or_404(visible(request), policy_id)
    return list(visible(request).of_scope(policy.scope))


@router.post("/service-times/{int:policy_id}/versions", response={201: ServiceTimesOut})
def create_service_time_version(
    request: SignedInRequest, policy_id: PathId, body: VersionIn
) -> Status[ServiceTimePolicy]:
    """For requests that are registered from `valid_from` on; what runs keeps the version it began under."""
    last = changeable(request, policy_id)
    form = _checked(body, ServiceTimesForm(_data_of(body), user=request.user, last=last))
    return Status(201, set_service_times(form.scope, by=request.user, seen=body.version, **form.arguments()))


@router.delete("/service-times/{int:policy_id}", response={200: ServiceTimesOut})
def delete_service_times(request: SignedInRequest, policy_id: PathId, version: Seen = None) -> ServiceTimePolicy:
    """From now on the next wider rule holds for new requests; the answer is the version that says so."""
    return end_service_times(changeable(request, policy_id), by=request.user, seen=version)


def _data_of(body: ServiceTimesIn | VersionIn) -> dict[str, Any]:
    """As the form of the page takes it."""
    units = {f"{metric}_unit": TimeUnit.MINUTES for metric in Metric}
    limit_units = {f"{metric}_limit_unit": TimeUnit.CALENDAR_DAYS for metric in Metric}
    told = {
        f"{target.metric}_{name}": value
        for target in body.targets
        for name, value in target.model_dump(mode="json", exclude={"metric"}, exclude_none=True).items()
    }
    return form_data(ServiceTimesForm, body) | units | limit_units | told


def _checked(body: ServiceTimesIn | VersionIn, form: ServiceTimesForm) -> ServiceTimesForm:
    metrics = [target.metric for target in body.targets]
    if len(set(metrics)) < len(metrics):
        raise invalid_field("targets", _("Each time is named once."))
    told_as = {
        f"{metric}_{part}": f"targets.{place}.{part}"
        for place, metric in enumerate(metrics)
        for part in ("amount", "unit", "limit_amount", "limit_unit")
    }
    return checked(form, told_as=told_as)
