"""Outside orders: received, contacted, objected to, called back (E-022, E-023)."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.estates.models import Project, Unit
from gongying.interactions.enums import AnswerKind, Channel
from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction, mark_repeat
from gongying.schedule.calendars import calendar_of
from gongying.schedule.working_time import nth_working_day
from gongying.servicedesk.enums import NoticeChannel, ObjectionOutcome, OrderSource
from gongying.servicedesk.models import (
    HotlineCallback,
    HotlineContact,
    HotlineObjection,
    HotlineOrder,
    ServiceCategory,
    ServiceRequest,
)
from gongying.servicedesk.operations.registration import register_request
from gongying.servicedesk.operations.stages import lock_request, tell

# Where the order names no deadline (standards 2.1: Weifang's five working days).
WORKING_DAYS = 5
NUMBER_TAKEN = {"hotline_order_number_unique": gettext_lazy("This order is entered already.")}


@transaction.atomic
def receive_order(
    *,
    by: User,
    source: str,
    external_no: str,
    received_at: datetime,
    kind: str,
    category: ServiceCategory,
    text: str,
    project: Project,
    unit: Unit | None = None,
    deadline_at: datetime | None = None,
    new_facts: str = "",
    late_reason: str = "",
    person_name: str = "",
    person_phone: str = "",
    **more: Any,
) -> HotlineOrder:
    """Enter an order; who enters it received it first and answers for its way.

    Where an open matter of the same caller or unit and the same category is known and nothing is `new_facts`, no second
    request is opened: the order is linked, and its touch counted as one more contact (E-023).
    """
    _check(source, external_no, received_at, deadline_at)
    # Two clerks who enter repeats of one matter at once: the second has to see the first.
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    external_no = external_no.strip()
    taken = (
        HotlineOrder.objects.standing()
        .filter(source=source, external_no=external_no)
        .select_related("service_request")
        .first()
    )
    if taken is not None:
        raise Refused(_("This order is entered already: %(number)s.") % {"number": taken.service_request})
    person: dict[str, Any] = {"person_name": person_name, "person_phone": person_phone, "party": more.get("party")}
    known = None if new_facts.strip() else _held_matter(project, category, unit=unit, **person)
    touch: dict[str, Any] = {"unit": unit, "channel": Channel.HOTLINE_12345, "text": text, "late_reason": late_reason}
    interaction = log_interaction(
        by=by,
        project=project,
        building=more.pop("building", None),
        topic=category.name,
        answer=AnswerKind.REQUEST,
        result=_("Linked to %(number)s") % {"number": known} if known else "",
        occurred_at=received_at,
        external_no=external_no,
        **touch,
        **person,
    )
    if known is not None:
        interaction = _join(known, interaction, by=by)
    request = known or register_request(
        by=by,
        kind=kind,
        category=category,
        project=project,
        interaction=interaction,
        occurred_at=received_at,
        caller_name=person_name,
        caller_phone=person_phone,
        building=interaction.building,
        **touch,
        **more,
    )
    with refusing(NUMBER_TAKEN):
        order: HotlineOrder = HotlineOrder.objects.create(
            service_request=request,
            interaction=interaction,
            source=source,
            external_no=external_no,
            received_at=received_at,
            deadline_at=deadline_at or usual_deadline(project, received_at),
            is_deadline_printed=deadline_at is not None,
            first_receiver=by,
            repeat_of=_first_order(request) if known else None,
            new_facts=new_facts.strip(),
        )
    tell(
        "hotline.repeated" if known else "hotline.received",
        request,
        by=by,
        at=received_at,
        also=(order,),
        told=(request.owner,),
        source=source,
        external_no=external_no,
        deadline=order.deadline_at,
    )
    return order


@transaction.atomic
def record_contact(
    order: HotlineOrder, *, by: User, channel: str, words: str, at: datetime | None = None
) -> HotlineContact:
    """The person was spoken to: the first one on the day of receipt makes the order answered in time."""
    order = _lock(order)
    if not words.strip() or channel not in NoticeChannel.values:
        raise Refused(_("Say by which channel and what was said."))
    at = _past(order, at)
    contact: HotlineContact = HotlineContact.objects.create(
        order=order, by=by, at=at, channel=channel, words=words.strip()
    )
    _tell("hotline.contacted", order, by=by, at=at, channel=channel, words=words.strip()[:200])
    return contact


@transaction.atomic
def raise_objection(order: HotlineOrder, *, by: User, reason: str, at: datetime | None = None) -> HotlineObjection:
    """Say that it is not ours, with the reason. The deadline does not move."""
    order = _lock(order)
    if not reason.strip():
        raise Refused(_("A reason is needed."))
    if hasattr(order, "objection"):
        raise Refused(_("An objection was raised already."))
    at = _past(order, at)
    objection: HotlineObjection = HotlineObjection.objects.create(order=order, by=by, at=at, reason=reason.strip())
    _tell("hotline.objected", order, by=by, at=at, reason=reason.strip()[:200])
    return objection


@transaction.atomic
def decide_objection(order: HotlineOrder, *, by: User, outcome: str) -> HotlineObjection:
    """What the office decided. Upheld, the order leaves the rates; the request is ended by its own steps."""
    order = _lock(order)
    objection: HotlineObjection | None = getattr(order, "objection", None)
    if objection is None or objection.outcome:
        raise Refused(_("There is no objection that waits for a decision."))
    if outcome not in ObjectionOutcome.values:
        raise Refused(_("Choose what the office decided."))
    objection.outcome, objection.decided_at = outcome, timezone.now()
    objection.save(update_fields=["outcome", "decided_at"])
    _tell("hotline.objection_decided", order, by=by, at=objection.decided_at, outcome=outcome)
    return objection


@transaction.atomic
def record_callback(
    order: HotlineOrder, *, by: User, solved: bool, satisfied: bool, comment: str = "", at: datetime | None = None
) -> HotlineCallback:
    """What the office heard from the person when it called back: counts for the rates, once."""
    order = _lock(order)
    if hasattr(order, "callback"):
        raise Refused(_("The callback is written down already."))
    at = _past(order, at)
    callback: HotlineCallback = HotlineCallback.objects.create(
        order=order, by=by, at=at, solved=solved, satisfied=satisfied, comment=comment.strip()
    )
    _tell("hotline.called_back", order, by=by, at=at, solved=solved, satisfied=satisfied, comment=comment.strip()[:200])
    return callback


def usual_deadline(project: Project, received_at: datetime) -> datetime:
    """The same clock time on the fifth working day that follows; make-up days count (standards 2.1)."""
    return nth_working_day(calendar_of(project, on=timezone.localdate(received_at)), received_at, WORKING_DAYS)


def same_matter(
    project: Project,
    category: ServiceCategory,
    *,
    unit: Unit | None,
    party: Any = None,
    person_name: str = "",
    person_phone: str = "",
) -> ServiceRequest | None:
    """An open request of the same category by the same person (number, or file) or from the same unit."""
    del person_name  # names are shared by too many
    same = Q(pk__in=[])
    if unit is not None:
        same |= Q(unit=unit)
    if party is not None:
        same |= Q(party=party)
    if person_phone:
        same |= Q(caller_phone=person_phone)
    rows = ServiceRequest.objects.open().filter(same, project=project, category=category)
    return rows.select_related("unit", "party", "owner", "interaction").order_by("pk").first()


def _held_matter(project: Project, category: ServiceCategory, **same: Any) -> ServiceRequest | None:
    """As `same_matter`, held: one that ended while we waited for it is not joined."""
    while (known := same_matter(project, category, **same)) is not None:
        known = lock_request(known)
        if known.is_open:
            return known
    return None


def _first_order(request: ServiceRequest) -> HotlineOrder | None:
    return HotlineOrder.objects.standing().filter(service_request=request).order_by("pk").first()


def _join(request: ServiceRequest, interaction: Interaction, *, by: User) -> Interaction:
    first = request.interaction
    # An order that was received earlier than the matter was entered cannot be a repeat of it in time.
    if first is not None and first.occurred_at <= interaction.occurred_at:
        return mark_repeat(interaction, of=first, by=by)
    return interaction


def _lock(order: HotlineOrder) -> HotlineOrder:
    rows = HotlineOrder.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("service_request__unit", "service_request__party").get(pk=order.pk)
    if locked.withdrawn_at is not None:
        raise Refused(_("This order was entered by mistake and taken back."))
    return locked


def _past(order: HotlineOrder, at: datetime | None) -> datetime:
    now = timezone.now()
    if at is not None and not order.received_at <= at <= now:
        raise Refused(_("It must have happened between the receipt of the order and now."))
    return at or now


def _tell(verb: str, order: HotlineOrder, *, by: User, at: datetime, **details: Any) -> None:
    tell(verb, order.service_request, by=by, at=at, also=(order,), external_no=order.external_no, **details)


def _check(source: str, external_no: str, received_at: datetime, deadline_at: datetime | None) -> None:
    if source not in OrderSource.values or not external_no.strip():
        raise Refused(_("Say where the order comes from and its number."))
    if received_at > timezone.now():
        raise Refused(_("It cannot have happened in the future."))
    if deadline_at is not None and deadline_at <= received_at:
        raise Refused(_("The deadline lies before the receipt."))
