"""Notices down, reports up; each is read, and one sees by whom (R-028)."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.briefings.enums import BriefingDirection
from gongying.briefings.models import Briefing, Receipt
from gongying.briefings.rules import HEAR_REPORTS
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.estates.stewards import staff_in_project
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.operations import notify
from gongying.organization.models import Role


@transaction.atomic
def send_notice(project: Project, *, title: str, text: str, by: User, roles: Iterable[Role] = ()) -> Briefing:
    """To everybody who serves a part of the project, or to those of some roles only. Each is to say that she has read it."""
    staff = staff_in_project(project.pk)
    chosen = [role.key for role in roles]
    if chosen:
        staff = staff.filter(pk__in=[pk for key in chosen for pk in staff.with_role(key).values_list("pk", flat=True)])
    readers = User.objects.filter(staff__in=staff, is_active=True).exclude(pk=by.pk)
    return _send(BriefingDirection.DOWN, project, title=title, text=text, by=by, readers=readers)


@transaction.atomic
def report_upwards(project: Project, *, title: str, text: str, by: User) -> Briefing:
    """To those who hear the reports of the project: what the front line sees reaches who decides."""
    staff = staff_in_project(project.pk).with_permission(HEAR_REPORTS)
    readers = User.objects.filter(staff__in=staff, is_active=True).exclude(pk=by.pk)
    return _send(BriefingDirection.UP, project, title=title, text=text, by=by, readers=readers)


@transaction.atomic
def acknowledge(briefing: Briefing, *, by: User) -> Briefing:
    """`by` has read it. The first time counts; only who was sent it can say so."""
    briefing = _lock(briefing)
    receipt = Receipt.objects.filter(briefing=briefing, user=by).first()
    if receipt is None:
        raise Refused(_("This was not sent to you: nobody waits for your receipt."))
    if receipt.read_at is None:
        _read(receipt, briefing, by=by)
    return briefing


@transaction.atomic
def answer_report(briefing: Briefing, *, text: str, by: User, seen: int | None = None) -> Briefing:
    """What becomes of a report: the one answer, told to who made it. Who answers has read it."""
    briefing = _lock(briefing)
    briefing.check_version(seen=seen)
    if not briefing.is_upwards:
        raise Refused(_("Only a report upwards is answered."))
    if briefing.answered_at:
        raise Refused(_("%(name)s has answered this already.") % {"name": briefing.answered_by})
    if not text.strip():
        raise Refused(_("The answer is missing."))
    unread = Receipt.objects.filter(briefing=briefing, user=by, read_at=None).first()
    if unread is not None:
        _read(unread, briefing, by=by)
    briefing.answer, briefing.answered_by, briefing.answered_at = text.strip(), by, timezone.now()
    briefing.version += 1
    briefing.save()
    event = record_event(
        "briefing.answered",
        by=by,
        subjects=[briefing],
        place=briefing.place,
        title=briefing.title,
        text=briefing.answer,
    )
    notify(event, to=[briefing.by], about=briefing)
    return briefing


@transaction.atomic
def withdraw_briefing(briefing: Briefing, *, by: User, seen: int | None = None) -> Briefing:
    """Sent by mistake, or out of date: it stays on record, nobody waits for receipts any more."""
    briefing = _lock(briefing)
    briefing.check_version(seen=seen)
    if briefing.by_id != by.pk:
        raise Refused(_("Only who sent it withdraws it."))
    briefing.withdrawn_at = timezone.now()
    briefing.version += 1
    briefing.save()
    record_event("briefing.withdrawn", by=by, subjects=[briefing], place=briefing.place, title=briefing.title)
    return briefing


@transaction.atomic
def remind_readers(briefing: Briefing, *, by: User) -> int:
    """Ring once more at those who have not read it. How many there are."""
    briefing = _lock(briefing)
    missing = [row.user for row in briefing.receipts.filter(read_at=None).select_related("user")]
    if not missing:
        raise Refused(_("Everybody has read it."))
    event = record_event(
        "briefing.reminded",
        by=by,
        subjects=[briefing],
        place=briefing.place,
        title=briefing.title,
        names=[str(user) for user in missing],
    )
    notify(event, to=missing, about=briefing)
    return len(missing)


def _send(
    direction: BriefingDirection, project: Project, *, title: str, text: str, by: User, readers: Iterable[User]
) -> Briefing:
    people = list(readers)
    if not people and direction == BriefingDirection.UP:
        raise Refused(
            _("Nobody in %(project)s hears reports: a role needs the permission for it.") % {"project": project}
        )
    if not people:
        raise Refused(_("Nobody in %(project)s would get this.") % {"project": project})
    briefing = Briefing.objects.create(
        project=project, direction=direction, title=title.strip(), text=text.strip(), by=by
    )
    Receipt.objects.bulk_create(Receipt(briefing=briefing, user=user) for user in people)
    event = record_event(
        f"briefing.sent_{direction}",
        by=by,
        subjects=[briefing],
        place=briefing.place,
        title=briefing.title,
        number=len(people),
    )
    notify(event, to=people, about=briefing)
    return briefing


def _read(receipt: Receipt, briefing: Briefing, *, by: User) -> None:
    receipt.read_at = timezone.now()
    receipt.save(update_fields=["read_at"])
    push_on_commit([f"briefing-{briefing.pk}", f"user-{by.pk}"])


def _lock(briefing: Briefing) -> Briefing:
    briefing = (
        Briefing.objects.select_for_update(of=("self",), no_key=True)
        .select_related("by", "project")
        .get(pk=briefing.pk)
    )
    if briefing.is_withdrawn:
        raise Refused(_("This was withdrawn."), current=briefing.present_state())
    return briefing
