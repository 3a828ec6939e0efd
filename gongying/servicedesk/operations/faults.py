"""A public fault from its announcement to the end that every caller is told of (E-044)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.places import Place
from gongying.estates.models import Building, Entrance, Project
from gongying.estates.stewards import stewards_by_place
from gongying.events.operations import record_event
from gongying.files.operations import File
from gongying.interactions.enums import AnswerKind, Channel
from gongying.interactions.models import Interaction
from gongying.interactions.operations import mark_repeat
from gongying.notifications.operations import notify
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.models import FaultCall, FaultNotice, FaultPlace, PublicFault, ServiceRequest
from gongying.servicedesk.operations.entries import log_touch
from gongying.servicedesk.operations.stages import lock_request

Standing = Project | Building | Entrance


@transaction.atomic
def announce_fault(
    service_request: ServiceRequest,
    *,
    by: User,
    words: str,
    places: Iterable[Standing],
    expected_end: datetime | None = None,
    seen: int | None = None,
) -> PublicFault:
    """Say at every desk that many places feel this trouble. Whoever reported it already counts as a caller."""
    service_request = lock_request(service_request, seen=seen)
    scopes = sorted({place.place for place in places}, key=str)
    _check(service_request, words, scopes, expected_end)
    with refusing({"public_fault_once_per_request": _("This is announced already.")}):
        fault = PublicFault.objects.create(
            service_request=service_request,
            project=service_request.project,
            words=words.strip(),
            expected_end=expected_end,
            announced_by=by,
        )
    for scope in scopes:
        FaultPlace.objects.create(
            fault=fault, project=service_request.project, building_id=scope.building_id, entrance_id=scope.entrance_id
        )
    FaultCall.objects.bulk_create(
        FaultCall(fault=fault, interaction=touch) for touch in _calls_until_now(service_request)
    )
    event = record_event(
        "fault.announced",
        by=by,
        subjects=[fault, service_request],
        where=fault.where,
        words=fault.words,
        expected_end=expected_end,
    )
    stewards = stewards_by_place(scopes)
    notify(event, to=[staff.user for scope in scopes for staff in stewards[scope]], about=fault)
    return fault


@transaction.atomic
def change_fault(
    fault: PublicFault, *, by: User, words: str, expected_end: datetime | None, seen: int | None = None
) -> PublicFault:
    """Other words, another expected end: what the desk says from now on."""
    fault = lock_fault(fault, seen=seen)
    _check_words(words, expected_end if expected_end != fault.expected_end else None)
    fault.words, fault.expected_end = words.strip(), expected_end
    _save(fault, "words", "expected_end")
    record_event(
        "fault.changed",
        by=by,
        subjects=[fault, fault.service_request],
        words=fault.words,
        expected_end=expected_end,
    )
    return fault


@transaction.atomic
def join_fault(fault: PublicFault, *, by: User, photos: Sequence[File] = (), **touch: Any) -> Interaction:
    """One more calls because of it: the touch is logged and counted, no further request is opened."""
    fault = lock_fault(fault)
    standing = touch.get("unit") or touch.get("building") or touch["project"]
    if not fault.concerns(standing.place):
        raise Refused(_("%(fault)s does not concern this place.") % {"fault": fault})
    request = fault.service_request
    result = touch.get("result") or fault.words
    words = {"text": touch.get("text") or fault.title, "topic": touch.get("topic") or fault.title, "result": result}
    interaction = log_touch(photos, by=by, answer=AnswerKind.EXPLAINED, **{**touch, **words})
    if request.interaction is not None:
        mark_repeat(interaction, of=request.interaction, by=by)
    FaultCall.objects.create(fault=fault, interaction=interaction)
    record_event(
        "request.joined",
        by=by,
        subjects=[interaction, request],
        at=interaction.occurred_at,
        number=request.number,
        text=interaction.text[:200],
        caller=interaction.person_name,
    )
    return interaction


@transaction.atomic
def end_fault(fault: PublicFault, *, by: User, words: str, seen: int | None = None) -> PublicFault:
    """It is over: from now on everybody who called is to be told so, each by the way in which she can be reached."""
    fault = lock_fault(fault, seen=seen)
    if not words.strip():
        raise Refused(_("Say what the callers are told."))
    fault.ended_by, fault.ended_at, fault.ending_words = by, timezone.now(), words.strip()
    _save(fault, "ended_by", "ended_at", "ending_words")
    calls = list(fault.calls.select_related("interaction__unit", "interaction__party"))
    FaultNotice.objects.bulk_create(FaultNotice(call=call, channel=_way_to(call.interaction)) for call in calls)
    for call in calls:
        touch = call.interaction
        record_event(
            "fault.notice_due",
            by=by,
            subjects=[touch, touch.unit, touch.party],
            title=fault.title,
            words=fault.ending_words,
            channel=_way_to(touch),
        )
    record_event(
        "fault.ended", by=by, subjects=[fault, fault.service_request], words=fault.ending_words, callers=len(calls)
    )
    return fault


@transaction.atomic
def tell_caller(call: FaultCall, *, by: User, channel: str = "") -> list[FaultNotice]:
    """The caller was told that it is over. Who called several times is told once, for all of her calls."""
    touch = call.interaction
    waiting = FaultNotice.objects.select_for_update(of=("self",), no_key=True).filter(
        call__fault=call.fault_id, told_at=None
    )
    notices = list(waiting.filter(_same_caller(touch)).select_related("call__interaction").order_by("pk"))
    if call.pk not in {notice.call_id for notice in notices}:
        raise Refused(_("She has been told already, or it is not over yet."))
    if channel and channel not in NoticeChannel.values:
        raise Refused(_("Choose by which channel she was told."))
    now = timezone.now()
    for notice in notices:
        notice.told_by, notice.told_at, notice.channel = by, now, channel or notice.channel
    FaultNotice.objects.bulk_update(notices, ["told_by", "told_at", "channel"])
    record_event(
        "fault.caller_told",
        by=by,
        subjects=[*(notice.call.interaction for notice in notices), touch.unit, touch.party],
        title=call.fault.title,
        words=call.fault.ending_words,
        channel=channel or _way_to(touch),
    )
    return notices


@transaction.atomic
def tell_all_callers(fault: PublicFault, *, by: User, channel: str) -> list[FaultNotice]:
    """One word in the owners' group or on the board reaches all of her callers who wait."""
    waiting = FaultNotice.objects.select_for_update(of=("self",), no_key=True).filter(call__fault=fault, told_at=None)
    held = {notice.call_id for notice in waiting.order_by("pk")}
    told: dict[int, FaultNotice] = {}
    calls = FaultCall.objects.visible_to(by).filter(pk__in=held).order_by("pk")
    for call in calls.select_related("interaction__unit", "interaction__party", "fault__service_request__category"):
        if call.pk not in told:
            told |= {notice.call_id: notice for notice in tell_caller(call, by=by, channel=channel)}
    if not told:
        raise Refused(_("Everybody has been told already, or it is not over yet."))
    return list(told.values())


def lock_fault(fault: PublicFault, *, seen: int | None = None) -> PublicFault:
    """The row as it is now, held until the end of the transaction, while it lasts."""
    rows = PublicFault.objects.select_for_update(of=("self",), no_key=True)
    locked = rows.select_related("project", "service_request__category", "service_request__interaction").get(
        pk=fault.pk
    )
    locked.check_version(seen=seen)
    if not locked.is_open:
        raise Refused(_("It has ended already."), current=locked.present_state())
    return locked


def _save(fault: PublicFault, *changed: str) -> None:
    fault.version += 1
    fault.save(update_fields=[*changed, "version"])


def _check(service_request: ServiceRequest, words: str, scopes: Sequence[Place], expected_end: datetime | None) -> None:
    if not service_request.is_open:
        raise Refused(_("This matter is finished."))
    if not scopes:
        raise Refused(_("Say which places feel it: buildings, entrances or the whole project."))
    if any(scope.project_id != service_request.project_id for scope in scopes):
        raise Refused(_("This place is not in that project."))
    _check_words(words, expected_end)


def _check_words(words: str, expected_end: datetime | None) -> None:
    if not words.strip():
        raise Refused(_("Write what callers are told."))
    if expected_end is not None and expected_end <= timezone.now():
        raise Refused(_("The new time lies in the past."))


def _calls_until_now(service_request: ServiceRequest) -> list[Interaction]:
    """The touch it came from and those joined to it; what staff found on a round is no call."""
    first = service_request.interaction
    if first is None:
        return []
    rows = Interaction.objects.filter(Q(pk=first.pk) | Q(repeat_of=first), fault_call=None)
    return list(rows.exclude(channel=Channel.PATROL).order_by("pk"))


def _same_caller(touch: Interaction) -> Q:
    mine = Q(call__interaction=touch.pk)
    if touch.party_id:
        return mine | Q(call__interaction__party=touch.party_id)
    if touch.person_phone:
        return mine | Q(call__interaction__person_phone=touch.person_phone)
    return mine


def _way_to(touch: Interaction) -> str:
    """How a caller can be reached: by phone where a number is known, else as she came, else by a public notice."""
    if touch.person_phone:
        return NoticeChannel.PHONE
    same = {
        Channel.WECHAT: NoticeChannel.WECHAT,
        Channel.COUNTER: NoticeChannel.COUNTER,
        Channel.SMS: NoticeChannel.SMS,
    }
    return same.get(Channel(touch.channel), NoticeChannel.NOTICE_BOARD)
