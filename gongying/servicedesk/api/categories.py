from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    NOT_THERE,
    Change,
    Flag,
    Id,
    Input,
    Listed,
    Output,
    Paging,
    PathId,
    Seen,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    optional,
    page,
    row_or_404,
)
from gongying.common.api_forms import changed_data, checked, form_data
from gongying.common.editions import kept
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.estates.enums import PropertyKind
from gongying.estates.models import Project
from gongying.organization.enums import Trade
from gongying.servicedesk.enums import DispatchMode, Payer, Urgency
from gongying.servicedesk.forms.categories import CategoryForm, ResponsibilityRuleForm
from gongying.servicedesk.forms.complaints import ComplaintRulesForm
from gongying.servicedesk.models import ComplaintRules, ResponsibilityRule, ServiceCategory
from gongying.servicedesk.operations.categories import remove_rule, save_category, save_rule
from gongying.servicedesk.operations.complaint_patterns import save_complaint_rules

router = Router(tags=["categories"])

MANAGE = "servicedesk.manage_categories"
Code = Annotated[str, line(60), Field(examples=["home-plumbing-leak"])]
Name = Annotated[str, line(40), Field(examples=["Leak"])]
Position = Annotated[Whole, Field(ge=0, le=32_767, examples=[10])]
Kinds = Annotated[list[PropertyKind], Field(max_length=10, description="Empty: all", examples=[["residential"]])]
Departments = Annotated[list[Id], Field(max_length=20, examples=[[4]])]


class CategoryOut(Output):
    """What a request is about; its leaves say urgency, trade, who pays and whether to follow up."""

    id: int = Field(examples=[12])
    version: int = Field(examples=[1])
    code: str = Field(examples=["home-plumbing-leak"])
    name: str = Field(examples=["Leak"])
    path: str = Field(examples=["Home / Plumbing / Leak"])
    parent_id: int | None = Field(examples=[11])
    property_kinds: list[str] = Field(description="Empty: all", examples=[["residential"]])
    default_urgency: Urgency
    trade: Trade | None
    payer: Payer
    needs_follow_up: bool = Field(examples=[True])
    dispatch_mode: DispatchMode
    is_active: bool = Field(examples=[True])

    @staticmethod
    def resolve_trade(row: ServiceCategory) -> str | None:
        return row.trade or None


class CategoryIn(Input):
    code: Code
    name: Name
    parent_id: Id | None = None
    property_kinds: Kinds = Field(default_factory=list)
    default_urgency: Urgency = Urgency.NORMAL
    trade: Trade | None = None
    payer: Payer = Payer.COMPANY
    needs_follow_up: Flag = True
    dispatch_mode: DispatchMode = DispatchMode.CLAIM
    is_active: Flag = True
    position: Position = 0


class CategoryChange(Change):
    code: Code = optional()
    name: Name = optional()
    parent_id: Id | None = optional()
    property_kinds: Kinds = optional()
    default_urgency: Urgency = optional()
    trade: Trade | None = optional()
    payer: Payer = optional()
    needs_follow_up: Flag = optional()
    dispatch_mode: DispatchMode = optional()
    is_active: Flag = optional()
    position: Position = optional()


class RuleOut(Output):
    """Which department answers for a category, and which ones support it."""

    id: int = Field(examples=[9])
    version: int = Field(examples=[1])
    category_id: int = Field(examples=[12])
    project_id: int | None = Field(description="Null: everywhere", examples=[None])
    department_id: int = Field(examples=[3])
    supporting_ids: list[int] = Field(description="Departments", examples=[[4]])

    @staticmethod
    def resolve_supporting_ids(rule: ResponsibilityRule) -> list[int]:
        return [department.pk for department in rule.supporting.all()]


class RuleIn(Input):
    category_id: Id
    project_id: Id | None = Field(None, description="Null: everywhere, for those who see all projects")
    department_id: Id
    supporting_ids: Departments = Field(default_factory=list)


class RuleChange(Change):
    project_id: Id | None = optional()
    department_id: Id = optional()
    supporting_ids: Departments = optional()


class RuleQuery(Paging):
    category_id: PathId | None = None
    project_id: PathId | None = None


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


@router.post("/categories", response={201: CategoryOut})
def create_category(request: SignedInRequest, body: CategoryIn) -> Status[ServiceCategory]:
    authorize(request.user, MANAGE)
    form = checked(CategoryForm(form_data(CategoryForm, body)))
    return Status(201, save_category(form.save(commit=False), by=request.user))


@router.patch("/categories/{int:category_id}", response=CategoryOut)
def update_category(request: SignedInRequest, category_id: PathId, body: CategoryChange) -> ServiceCategory:
    """Requests keep what it said when they came in. One that is out of use is `is_active: false`."""
    authorize(request.user, MANAGE)
    category = row_or_404(ServiceCategory.objects.all(), category_id)
    form = checked(CategoryForm(changed_data(category, CategoryForm, body), instance=category))
    with current_if_stale(category, CategoryOut):
        return save_category(form.save(commit=False), by=request.user, seen=body.version)


class ComplaintRulesOut(Output):
    """One row for the company."""

    version: int = Field(examples=[1])
    pattern_complaints: int = Field(description="Of one cause; they open an improvement item", examples=[3])
    pattern_days: int = Field(examples=[30])
    group_households: int = Field(description="Of one matter; they are a group", examples=[5])


class ComplaintRulesChange(Change):
    pattern_complaints: Whole = optional(ge=2, le=100, examples=[3])
    pattern_days: Whole = optional(ge=1, le=365, examples=[30])
    group_households: Whole = optional(ge=2, le=1000, examples=[5])


def visible_rules(request: SignedInRequest) -> Any:
    authorize(request.user, MANAGE)
    return ResponsibilityRule.objects.visible_to(request.user).prefetch_related("supporting")


@router.get("/responsibility-rules", response=Listed[RuleOut])
def list_rules(request: SignedInRequest, query: Annotated[RuleQuery, Query()]) -> dict[str, Any]:
    return page(matching(visible_rules(request), query, "category_id", "project_id"), query, order=("id",))


@router.post("/responsibility-rules", response={201: RuleOut})
def create_rule(request: SignedInRequest, body: RuleIn) -> Status[ResponsibilityRule]:
    """The nearest rule answers: of the category before its ancestors, of the project before the general one."""
    authorize(request.user, MANAGE)
    form = checked(ResponsibilityRuleForm(form_data(ResponsibilityRuleForm, body), user=request.user))
    rule = save_rule(form.save(commit=False), supporting=form.cleaned_data["supporting"], by=request.user)
    return Status(201, rule)


@router.get("/responsibility-rules/{int:rule_id}", response=RuleOut)
def show_rule(request: SignedInRequest, rule_id: PathId) -> Any:
    return row_or_404(visible_rules(request), rule_id)


@router.patch("/responsibility-rules/{int:rule_id}", response=RuleOut)
def update_rule(request: SignedInRequest, rule_id: PathId, body: RuleChange) -> Any:
    rule = row_or_404(visible_rules(request), rule_id)
    given = changed_data(rule, ResponsibilityRuleForm, body)
    form = checked(ResponsibilityRuleForm(given, instance=rule, user=request.user))
    with current_if_stale(rule, RuleOut):
        save_rule(
            form.save(commit=False),
            supporting=form.cleaned_data["supporting"],
            by=request.user,
            seen=body.version,
        )
    return row_or_404(visible_rules(request), rule_id)


@router.delete("/responsibility-rules/{int:rule_id}", response={204: None})
def delete_rule(request: SignedInRequest, rule_id: PathId, version: Seen = None) -> Status[None]:
    """The next rule up the tree answers from then on."""
    rule = row_or_404(visible_rules(request), rule_id)
    with current_if_stale(rule, RuleOut):
        remove_rule(rule, by=request.user, seen=version)
    return Status(204, None)


@router.get("/complaint-rules", response=ComplaintRulesOut)
def show_complaint_rules(request: SignedInRequest) -> ComplaintRules:
    """From how many on complaints are a pattern, or a matter one of a group."""
    authorize(request.user, MANAGE)
    return ComplaintRules.present()


@router.patch("/complaint-rules", response=ComplaintRulesOut)
def update_complaint_rules(request: SignedInRequest, body: ComplaintRulesChange) -> ComplaintRules:
    authorize(request.user, MANAGE)
    rules = ComplaintRules.present()
    form = checked(ComplaintRulesForm(changed_data(rules, ComplaintRulesForm, body), instance=rules))
    with current_if_stale(rules, ComplaintRulesOut):
        return save_complaint_rules(form.save(commit=False), by=request.user, seen=body.version)


def named_leaf(category_id: int) -> ServiceCategory:
    """The category that a body names for a request, from memory."""
    leaves = kept(("leaves of the categories",), lambda: {row.pk: row for row in ServiceCategory.objects.leaves()})
    if category_id not in leaves:
        raise invalid_field("category_id", NOT_THERE)
    return leaves[category_id]
