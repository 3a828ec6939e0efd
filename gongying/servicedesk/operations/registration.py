import secrets
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.editions import fill_from_memory, kept
from gongying.common.errors import Refused
from gongying.common.models import NumberSequence
from gongying.customers.models import Party
from gongying.estates.models import Building, CommonFacility, Entrance, Project, Unit
from gongying.files.operations import File, attach, attach_also
from gongying.interactions.circumstances import NOTHING_SAID, Circumstances
from gongying.interactions.enums import AnswerKind
from gongying.interactions.models import Interaction
from gongying.interactions.operations import check_lateness, log_interaction
from gongying.servicedesk.enums import KIND_LETTERS, KINDS_WITHOUT_FOLLOW_UP, FollowUpRule, Payer, RequestKind
from gongying.servicedesk.machines import PROCESS_VERSION
from gongying.servicedesk.models import CategoryRules, ComplaintDetails, ServiceCategory, ServiceRequest, WorkOrder
from gongying.servicedesk.operations.clocks import begin_clocks
from gongying.servicedesk.operations.complaint_patterns import mark_bill_query
from gongying.servicedesk.operations.price_agreements import NOT_AGREED, agreement_at_the_desk, keep_agreement
from gongying.servicedesk.operations.stages import enter_first_stage, tell
from gongying.servicedesk.operations.violations import write_details
from gongying.servicedesk.policy_choice import rules_for
from gongying.servicedesk.routing import department_for, owner_for

Window = tuple[datetime, datetime]
NO_ILLEGAL_ACT = gettext_lazy("This category names no illegal act: choose one that does, or register another kind.")


@transaction.atomic
def register_request(
    *,
    by: User,
    kind: str,
    category: ServiceCategory,
    text: str,
    channel: str,
    project: Project | None = None,
    unit: Unit | None = None,
    facility: CommonFacility | None = None,
    building: Building | None = None,
    entrance: Entrance | None = None,
    party: Party | None = None,
    caller_name: str = "",
    caller_phone: str = "",
    caller_address: str = "",
    is_anonymous: bool = False,
    urgency: str = "",
    payer: str = "",
    price_agreed: bool = False,
    agreed_amount: Decimal | None = None,
    window: Window | None = None,
    occurred_at: datetime | None = None,
    late_reason: str = "",
    interaction: Interaction | None = None,
    circumstances: Circumstances = NOTHING_SAID,
    requested_remedy: str = "",
    about_work_order: WorkOrder | None = None,
    violator: str = "",
    photos: Sequence[File] = (),
) -> ServiceRequest:
    """Register a matter: the touch once (unless `interaction` is it already), the number, who answers for it.

    The place is that of the unit or facility, else the building or entrance given, else the whole project.
    Urgency and payer default to the category's; name and phone to those of the touch. Photos belong to both.
    `price_agreed` counts where the owner pays: to `agreed_amount`, else to the one price of the list for the category.
    """
    place = _place(project, unit, facility, building, entrance)
    _check(kind, text, category, place, window)
    now = timezone.now()
    check_lateness(occurred_at, late_reason, now=now)
    touch = interaction or _log_touch(
        by=by,
        place=place,
        unit=unit,
        party=party,
        channel=channel,
        text=text,
        occurred_at=occurred_at,
        late_reason=late_reason,
        person_name="" if is_anonymous else caller_name,
        person_phone="" if is_anonymous else caller_phone,
        topic=category.name,
        circumstances=circumstances,
    )
    agreement = None
    if price_agreed and (payer or category.payer) == Payer.OWNER:
        agreement = agreement_at_the_desk(agreed_amount, category_id=category.pk, project_id=place["project"].pk)
    department = department_for(category, place["project"], by=by)
    rules = rules_for(category, place["project"].pk, at=now)
    service_request = ServiceRequest(
        **place,
        unit=unit,
        facility=facility,
        party=party,
        kind=kind,
        channel=channel,
        category=category,
        urgency=urgency or category.default_urgency,
        payer=payer or category.payer,
        **(agreement.columns if agreement else NOT_AGREED),
        caller_name=caller_name or touch.person_name,
        caller_phone=caller_phone or touch.person_phone,
        caller_address=caller_address,
        is_anonymous=is_anonymous,
        text=text.strip(),
        window_from=window[0] if window else None,
        window_to=window[1] if window else None,
        estimated_end=window[1] if window else None,
        department=department,
        first_responder=by,
        registered_by=by,
        interaction=touch,
        occurred_at=occurred_at or now,
        entered_at=now,
        late_reason=late_reason.strip(),
        rules=rules,
        needs_follow_up=is_followed_up(rules, category, kind),
        process_version=PROCESS_VERSION,
        touched_at=now,
    )
    service_request.owner = owner_for(service_request.place, department, by=by)
    service_request.state = service_request.machine.initial[0]
    service_request.number = take_number(service_request, at=now)
    service_request.save()
    enter_first_stage(service_request, by=by, at=now)
    if service_request.is_complaint:
        ComplaintDetails.objects.create(
            service_request=service_request,
            requested_remedy=requested_remedy.strip(),
            about_work_order=about_work_order,
        )
    if service_request.is_violation:
        write_details(service_request, violator=violator)
    begin_clocks(service_request)
    tell(
        "request.registered",
        service_request,
        by=by,
        at=service_request.occurred_at,
        told=(service_request.owner,),
        kind=kind,
        category=category.path,
        text=service_request.text[:200],
        channel=channel,
        urgency=service_request.urgency,
        owner=str(service_request.owner),
        late_reason=service_request.late_reason,
        agreed_amount=str(agreement.amount) if agreement else "",
    )
    if agreement is not None:
        keep_agreement(agreement, service_request, by=by)
    mark_bill_query(service_request, by=by)
    for photo in photos:
        attach_also(attach(photo, to=service_request, by=by), to=touch)
    return service_request


def take_number(service_request: ServiceRequest, *, at: datetime) -> str:
    """`YG-BX26-000123`: project, kind, year (spec decision 9). Taken late: the series is locked until commit."""
    year = timezone.localtime(at).strftime("%y")
    return NumberSequence.take(f"{service_request.project.code}-{KIND_LETTERS[service_request.kind]}{year}")


def is_followed_up(rules: CategoryRules | None, category: ServiceCategory, kind: str) -> bool:
    """Settled at registration, by lot where a sample is asked: nobody knows before for whom (R-201)."""
    if kind in KINDS_WITHOUT_FOLLOW_UP:
        return False
    if rules is None or not rules.follow_up:
        return category.needs_follow_up
    if rules.follow_up == FollowUpRule.SAMPLE:
        return secrets.randbelow(100) < (rules.sample_percent or 0)
    return rules.follow_up == FollowUpRule.ALWAYS


def _place(
    project: Project | None,
    unit: Unit | None,
    facility: CommonFacility | None,
    building: Building | None,
    entrance: Entrance | None,
) -> dict[str, Any]:
    standing = unit or facility
    if standing is not None:
        fill_from_memory(standing, "project", "building")
        given = {"project": standing.project, "building": standing.building, "entrance": standing.entrance}
    elif entrance is not None:
        given = {"project": entrance.building.project, "building": entrance.building, "entrance": entrance}
    elif building is not None:
        given = {"project": building.project, "building": building, "entrance": None}
    else:
        given = {"project": project, "building": None, "entrance": None}
    if given["project"] is None:
        raise Refused(_("Say where it is: the unit, or at least the project."))
    if project is not None and project != given["project"]:
        raise Refused(_("This place is not in that project."))
    return given


def _check(kind: str, text: str, category: ServiceCategory, place: dict[str, Any], window: Window | None) -> None:
    if kind not in RequestKind.values:
        raise Refused(_("This kind of request does not exist."))
    if not text.strip():
        raise Refused(_("What it is about is missing."))
    if not category.is_active or kept(("has children", category.pk), category.children.exists):
        raise Refused(_("Choose one of the last level of the categories."))
    check_fits(category, kind)
    if category.property_kinds and place["project"].kind not in category.property_kinds:
        raise Refused(_("This category is not offered in this project."))
    if window is not None and window[0] >= window[1]:
        raise Refused(_("The wished time ends before it begins."))


def check_fits(category: ServiceCategory, kind: str) -> None:
    if kind == RequestKind.VIOLATION and not ServiceCategory.objects.fit_for(kind).filter(pk=category.pk).exists():
        raise Refused(NO_ILLEGAL_ACT)


def _log_touch(*, place: dict[str, Any], **touch: Any) -> Interaction:
    interaction: Interaction = log_interaction(
        project=place["project"], building=place["building"], answer=AnswerKind.REQUEST, **touch
    )
    return interaction
