"""What several complaints say together: a cause that returns, a matter of many households, a customer who doubts her bill."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.improvements.enums import ItemState
from gongying.improvements.operations import open_item
from gongying.interactions.models import Interaction
from gongying.notifications.operations import notify
from gongying.servicedesk.enums import CauseCode
from gongying.servicedesk.models import ComplaintDetails, ComplaintRules, ServiceCategory, ServiceRequest
from gongying.servicedesk.models.categories import BILL_QUERY
from gongying.servicedesk.operations.stages import lock_request, tell
from gongying.servicedesk.routing import supervisor_for


@transaction.atomic
def save_complaint_rules(rules: ComplaintRules, *, by: User, seen: int | None = None) -> ComplaintRules:
    rules.advance_version(seen=seen)
    rules.save()
    record_event("complaint_rules.changed", by=by, subjects=[], rules=str(rules))
    return rules


def lock_with_project(service_request: ServiceRequest, *, seen: int | None) -> ServiceRequest:
    """The project first, as who enters a repeat of the matter does: the two must not wait for each other."""
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=service_request.project_id)
    return lock_request(service_request, seen=seen)


def open_item_for_pattern(service_request: ServiceRequest, *, cause_code: str, by: User) -> None:
    """The same cause again and again is no chance: an item opens by itself, unless one is being worked on (R-202).

    The project is held (`lock_with_project`): of two that close at once, the second has to see the item of the first.
    """
    rules = ComplaintRules.present()
    since = timezone.now() - timedelta(days=rules.pattern_days)
    recent = ComplaintDetails.objects.filter(
        cause_code=cause_code,
        service_request__project=service_request.project_id,
        service_request__closures__at__gte=since,
    ).distinct()
    number = recent.count()
    if number < rules.pattern_complaints or recent.filter(improvement_item__state=ItemState.OPEN).exists():
        return
    causes = recent.order_by("-pk").values_list("root_cause", flat=True)[: rules.pattern_complaints]
    item = open_item(
        by=by,
        about=service_request,
        title=_("%(n)s complaints in %(days)s days: %(cause)s")
        % {"n": number, "days": rules.pattern_days, "cause": CauseCode(cause_code).label},
        root_cause="\n".join(dict.fromkeys(causes)),
        owner=supervisor_for(service_request.place) or by,
        due_on=timezone.localdate() + timedelta(days=rules.pattern_days),
    )
    alone = recent.filter(improvement_item=None).values("pk")
    ComplaintDetails.objects.filter(pk__in=alone).update(improvement_item=item)


def households_of_matter(service_request: ServiceRequest) -> int:
    """Households that complain of the same in the project: open complaints of the category, and who joined them."""
    same = (
        ServiceRequest.objects.complaints()
        .open()
        .filter(project=service_request.project_id, category=service_request.category_id)
    )
    joined = Interaction.objects.filter(repeat_of__in=same.order_by().values("interaction"))
    units = same.order_by().values("unit").union(joined.order_by().values("unit"))
    return len({row["unit"] for row in units} - {None})


def is_group_proposed(service_request: ServiceRequest) -> bool:
    return households_of_matter(service_request) >= ComplaintRules.present().group_households


def mark_bill_query(service_request: ServiceRequest, *, by: User, touch: Interaction | None = None) -> None:
    """On the customer's timeline as what it is; whoever answers for the request is to explain the bill in its time.

    `touch`: somebody asks about it once more.
    """
    if service_request.category.code == BILL_QUERY:
        said = touch or service_request
        tell(
            "relationship.bill_queried",
            service_request,
            by=by,
            at=said.occurred_at,
            also=(touch, touch.unit, touch.party) if touch else (),
            told=(service_request.owner,),
            text=said.text[:200],
        )


def mark_bill_touch(touch: Interaction, category: ServiceCategory | None, *, by: User, explainer: User) -> None:
    """Asked, and explained at once or promised to be: it weighs as much, and its `explainer` is named."""
    if category is None or category.code != BILL_QUERY:
        return
    event = record_event(
        "relationship.bill_queried",
        by=by,
        subjects=[touch, touch.unit, touch.party],
        at=touch.occurred_at,
        text=touch.text[:200],
        explainer=str(explainer),
    )
    notify(event, to=[explainer] if explainer != by else [], about=touch)
