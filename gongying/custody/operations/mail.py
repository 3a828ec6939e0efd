"""Mail is taken in, the household is told, somebody takes it against a signature (R-116)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.templatetags.formats import spoken
from gongying.custody.enums import MailEnding, MailKind, MailWay, ReturnReason, Telling
from gongying.custody.models import MailItem
from gongying.estates.models import Unit
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.files.operations import File, attach, attach_also


def mail_key(project_id: int) -> str:
    """What pages that show the mail room of a project listen to."""
    return f"mail-{project_id}"


@transaction.atomic
def take_in_mail(
    unit: Unit,
    *,
    by: User,
    kind: str = MailKind.PARCEL,
    way: str = MailWay.IN,
    recipient: str = "",
    service: str = "",
    tracking_no: str = "",
    shelf: str = "",
    remark: str = "",
) -> MailItem:
    item = MailItem(
        project_id=unit.project_id,
        building_id=unit.building_id,
        entrance_id=unit.entrance_id,
        unit=unit,
        kind=kind,
        way=way,
        recipient=recipient.strip(),
        service=service.strip(),
        tracking_no=tracking_no.strip().upper(),
        shelf=shelf.strip(),
        remark=remark.strip(),
        received_by=by,
    )
    with refusing({"mail_taken_in_once": _("This tracking number lies in the mail room already.")}):
        item.save()
    _tell("taken_in", item, by=by)
    return item


@transaction.atomic
def tell_household(items: Sequence[MailItem], *, by: User, how: str = Telling.PHONE) -> list[MailItem]:
    """Somebody told the household that these wait for it; told again, the last time counts."""
    locked = _lock(items)
    for item in locked:
        item.told_at, item.told_how, item.told_by = now_not_before(item.received_at), how, by
        item.save(update_fields=["told_at", "told_how", "told_by"])
        _tell("told", item, by=by, how=str(Telling(how).label))
    return locked


@transaction.atomic
def hand_out_mail(
    items: Sequence[MailItem], *, by: User, taken_by: str, signature: "File | None" = None
) -> list[MailItem]:
    """Against a signature, all of these at once or none of them."""
    return _end(items, by=by, ending=MailEnding.COLLECTED, taken_by=taken_by, signature=signature)


@transaction.atomic
def send_mail_back(item: MailItem, *, by: User, taken_by: str, reason: str, word: str = "") -> MailItem:
    """Nobody takes it, for this reason: a delivery service takes it back."""
    if reason not in ReturnReason.values:
        raise Refused(_("Say why it is sent back."))
    if reason == ReturnReason.OTHER and not word.strip():
        raise Refused(_("Say in a few words why it is sent back."))
    why = {"return_reason": reason, "return_word": word.strip()}
    return _end([item], by=by, ending=MailEnding.SENT_BACK, taken_by=taken_by, why=why)[0]


def _end(
    items: Sequence[MailItem],
    *,
    by: User,
    ending: str,
    taken_by: str,
    signature: "File | None" = None,
    why: Mapping[str, str] | None = None,
) -> list[MailItem]:
    locked = _lock(items)
    if not taken_by.strip():
        raise Refused(_("Say who takes it."))
    for item in locked:
        item.ended_at, item.ended_by = now_not_before(item.received_at), by
        item.ending, item.taken_by = ending, taken_by.strip()
        for name, value in (why or {}).items():
            setattr(item, name, value)
        item.save(update_fields=["ended_at", "ended_by", "ending", "taken_by", *(why or {})])
        verb = "sent_back" if ending == MailEnding.SENT_BACK else "handed_out"
        _tell(verb, item, by=by, taken_by=item.taken_by, **(why or {}))
    if signature is not None:
        attachment = attach(signature, to=locked[0], by=by, label="signature", signed_by=taken_by)
        for item in locked[1:]:
            attach_also(attachment, to=item, label="signature")
    return locked


def _lock(items: Sequence[MailItem]) -> list[MailItem]:
    """In one order, whoever else takes some of them. Nothing that left is handed out again."""
    if not items:
        raise Refused(_("Nothing is chosen."))
    rows = MailItem.objects.for_page().select_for_update(of=("self",), no_key=True).order_by("pk")
    locked = list(rows.filter(pk__in=[item.pk for item in items]))
    gone = next((item for item in locked if item.ended_at is not None), None)
    if gone is not None and gone.ended_at is not None:
        words = {"item": gone, "name": gone.taken_by, "when": spoken(timezone.localtime(gone.ended_at))}
        raise Refused(_("%(item)s: %(name)s took it %(when)s already.") % words)
    return locked


def _tell(verb: str, item: MailItem, *, by: User, **details: Any) -> Event:
    event = record_event(f"mail.{verb}", by=by, subjects=[item, item.unit], item=str(item), **details)
    push_on_commit([mail_key(item.project_id)])
    return event
