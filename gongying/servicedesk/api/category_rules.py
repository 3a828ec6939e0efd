"""What jobs of a category must prove and how they are followed up, in versions."""

from typing import Annotated, Any

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
    named_row,
    page,
    row_or_404,
)
from gongying.common.api_forms import checked, form_data
from gongying.common.permissions import authorize
from gongying.servicedesk.api.categories import MANAGE
from gongying.servicedesk.api.service_times import SeenVersion
from gongying.servicedesk.enums import FollowUpBy, FollowUpRule, NoticeChannel, RequiredEvidence
from gongying.servicedesk.forms.category_rules import CategoryRulesForm
from gongying.servicedesk.models import CategoryRules, ServiceCategory
from gongying.servicedesk.models.category_rules import LARGEST_SAMPLE, LONGEST_ITEM, MOST_ITEMS
from gongying.servicedesk.operations.category_rules import end_category_rules, set_category_rules

router = Router(tags=["categories"])

Item = Annotated[str, line(LONGEST_ITEM)]
Items = Annotated[list[Item], Field(max_length=MOST_ITEMS, examples=[["Main valve closed"]])]
Evidence = Annotated[list[RequiredEvidence], Field(max_length=len(RequiredEvidence), examples=[["photo_after"]])]
Share = Annotated[Whole, Field(ge=1, le=LARGEST_SAMPLE)]


class CategoryRulesOut(Output):
    """Rules in one version, for a category with all below it."""

    id: int = Field(examples=[4])
    version: int = Field(examples=[2])
    category_id: int = Field(examples=[12])
    project_id: int | None = Field(description="Null: everywhere", examples=[None])
    evidence: list[RequiredEvidence] = Field(description="Else a job is finished only with a reason")
    check_list: list[str] = Field(description="The doer ticks them", examples=[["Main valve closed"]])
    follow_up: FollowUpRule | None = Field(description="Null: as the category says")
    sample_percent: int | None = Field(examples=[None])
    follow_up_by: FollowUpBy
    follow_up_channel: NoticeChannel | None = Field(description="Null: as it comes")
    valid_from: Moment = Field(examples=["2026-12-01T00:00:00+08:00"])
    is_given_up: bool = Field(description="The next wider rules hold from then on", examples=[False])
    created_by_id: int | None = Field(description="User", examples=[3])

    @staticmethod
    def resolve_follow_up(row: CategoryRules) -> str | None:
        return row.follow_up or None

    @staticmethod
    def resolve_follow_up_channel(row: CategoryRules) -> str | None:
        return row.follow_up_channel or None


class AskedIn(Input):
    evidence: Evidence = Field(default_factory=list)
    check_list: Items = Field(default_factory=list)
    follow_up: FollowUpRule | None = Field(None, description="Null: as the category says")
    sample_percent: Share | None = Field(None, description="Of a sample", examples=[None])
    follow_up_by: FollowUpBy = FollowUpBy.ANYBODY
    follow_up_channel: NoticeChannel | None = None
    valid_from: Moment | None = Field(None, description="Null: now", examples=[None])


class CategoryRulesIn(AskedIn):
    category_id: Id
    project_id: Id | None = Field(None, description="Null: everywhere, for those who see all projects")


class CategoryRulesVersionIn(AskedIn):
    version: SeenVersion = None


class CategoryRulesQuery(Paging):
    category_id: PathId | None = None
    project_id: PathId | None = None


def visible(request: SignedInRequest) -> Any:
    return CategoryRules.objects.visible_to(request.user).select_related("project", "category")


def last_of(request: SignedInRequest, rules_id: int) -> CategoryRules:
    """The last version of rules that she may change."""
    authorize(request.user, MANAGE)
    rules = row_or_404(visible(request).changeable_by(request.user), rules_id)
    last: CategoryRules = visible(request).of_scope(rules.scope).first()
    return last


@router.get("/category-rules", response=Listed[CategoryRulesOut])
def list_category_rules(request: SignedInRequest, query: Annotated[CategoryRulesQuery, Query()]) -> dict[str, Any]:
    """Those in force now; the nearest category's hold, there the project's before the company's."""
    return page(matching(visible(request).in_force(), query, "category_id", "project_id"), query, order=("id",))


@router.post("/category-rules", response={201: CategoryRulesOut})
def create_category_rules(request: SignedInRequest, body: CategoryRulesIn) -> Status[CategoryRules]:
    """For a category that has none of its own there; existing rules get a further version."""
    authorize(request.user, MANAGE)
    category = named_row(ServiceCategory.objects.all(), body.category_id, "category_id")
    form = checked(CategoryRulesForm(_data_of(body), category=category, user=request.user))
    return Status(201, set_category_rules(**form.scope, by=request.user, **form.arguments()))


@router.get("/category-rules/{int:rules_id}", response=CategoryRulesOut)
def show_category_rules(request: SignedInRequest, rules_id: PathId) -> Any:
    return row_or_404(visible(request), rules_id)


@router.get("/category-rules/{int:rules_id}/versions", response=list[CategoryRulesOut])
def list_category_rules_versions(request: SignedInRequest, rules_id: PathId) -> list[CategoryRules]:
    """Of the same category and project, the last one first."""
    return list(visible(request).of_scope(row_or_404(visible(request), rules_id).scope))


@router.post("/category-rules/{int:rules_id}/versions", response={201: CategoryRulesOut})
def create_category_rules_version(
    request: SignedInRequest, rules_id: PathId, body: CategoryRulesVersionIn
) -> Status[CategoryRules]:
    """For requests that are registered from `valid_from` on; what runs keeps the version it began under."""
    last = last_of(request, rules_id)
    form = checked(CategoryRulesForm(_data_of(body), category=last.category, user=request.user, last=last))
    return Status(201, set_category_rules(**form.scope, by=request.user, seen=body.version, **form.arguments()))


@router.delete("/category-rules/{int:rules_id}", response={200: CategoryRulesOut})
def delete_category_rules(request: SignedInRequest, rules_id: PathId, version: Seen = None) -> CategoryRules:
    """From now on the next wider rules hold for new requests; the answer is the version that says so."""
    return end_category_rules(last_of(request, rules_id), by=request.user, seen=version)


def _data_of(body: AskedIn) -> dict[str, Any]:
    return form_data(CategoryRulesForm, body) | {"check_list": "\n".join(body.check_list)}
