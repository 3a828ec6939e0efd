"""How the touches read on a timeline."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.templatetags.formats import spoken
from gongying.customers.enums import RoleKind
from gongying.events.presentation import Details, Filter, Reading, Words, register_filters, register_readings
from gongying.interactions.enums import AnswerKind, Channel, Direction, PromiseKind, TalkWay

ICONS: dict[str, str] = {
    Channel.PHONE: "phone",
    Channel.COUNTER: "user",
    Channel.WECHAT: "brand-wechat",
    Channel.OWNERS_GROUP: "messages",
    Channel.HOME_VISIT: "door",
    Channel.LETTER: "mail",
    Channel.SUGGESTION_BOX: "mailbox",
    Channel.EMAIL: "at",
    Channel.SMS: "message",
    Channel.PORTAL: "device-mobile",
    Channel.MESSAGE_BOARD: "clipboard-text",
    Channel.HOTLINE_12345: "headset",
    Channel.PATROL: "walk",
}
VIEW = "interactions.view_interactions"

FILTERS = (
    Filter("calls", _("calls"), ("interaction.logged",), {"channel": (Channel.PHONE, Channel.HOTLINE_12345)}, 10),
    Filter("visits", _("visits"), ("interaction.logged",), {"channel": (Channel.COUNTER,)}, 11),
    Filter("wechat", _("WeChat"), ("interaction.logged",), {"channel": (Channel.WECHAT, Channel.OWNERS_GROUP)}, 12),
    Filter("home-visits", _("home visits"), ("interaction.logged",), {"channel": (Channel.HOME_VISIT,)}, 40),
    Filter(
        "letters",
        _("letters and messages"),
        ("interaction.logged",),
        {
            "channel": (
                Channel.LETTER,
                Channel.SUGGESTION_BOX,
                Channel.EMAIL,
                Channel.SMS,
                Channel.PORTAL,
                Channel.MESSAGE_BOARD,
            )
        },
        45,
    ),
)


def _channel(details: Details) -> Words:
    channel = details.get("channel", "")
    label = Channel(channel).label if channel in Channel.values else channel
    if details.get("direction") == Direction.OUTBOUND:
        if channel == Channel.PHONE:
            return _("call by us")
        return _("%(channel)s (by us)") % {"channel": label}
    return label


def _matter(details: Details) -> Words:
    topic, text = details.get("topic", ""), details.get("text", "")
    return f"{topic} · {text}" if topic and topic not in text else text or topic


def _facts(details: Details) -> Iterable[tuple[Words, Words]]:
    answer = details.get("answer", "")
    if details.get("person"):
        yield _("who spoke"), details["person"]
    if answer in AnswerKind.values and answer != AnswerKind.NONE:
        yield AnswerKind(answer).label, details.get("result", "")
    elif details.get("result"):
        yield _("result"), details["result"]
    if details.get("reason"):
        yield _("reason"), details["reason"]
    if details.get("others"):
        yield _("with"), ", ".join(details["others"])
    if details.get("late_reason"):
        yield _("entered late because"), details["late_reason"]


def _changes(details: Details) -> Iterable[tuple[Words, Words]]:
    from gongying.interactions.models import Interaction

    after = details.get("after", {})
    for name, before in details.get("before", {}).items():
        field: Any = Interaction._meta.get_field(name)
        words = dict(getattr(field, "base_field", field).flatchoices)
        yield field.verbose_name, f"{_said(before, words)} → {_said(after.get(name, ''), words)}"


def _said(value: Any, words: dict[Any, Any]) -> str:
    """A value of the journal as people read it; of several all."""
    return ", ".join(str(words.get(one, one) or "") for one in (value if isinstance(value, list) else [value]))


def _named(details: Details) -> Iterable[tuple[Words, Words]]:
    before, after = (", ".join(details.get(name, [])) for name in ("before", "after"))
    yield _("who took part"), f"{before} \u2192 {after}"


def _promised(details: Details) -> Iterable[tuple[Words, Words]]:
    due_at = parse_datetime(details.get("due_at", ""))
    if due_at is not None:
        yield _("promised for"), spoken(timezone.localtime(due_at))
    yield _("who keeps it"), details.get("owner", "")
    if details.get("venue"):
        yield _("meeting place"), details["venue"]


def _promise(details: Details) -> Words:
    kind = details.get("kind", "")
    return PromiseKind(kind).label if kind in PromiseKind.values else _("Answer promised")


def _kept_late(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("was_late"):
        yield _("late"), _("after the promised time")


def _passed_on(details: Details) -> Iterable[tuple[Words, Words]]:
    yield _("who keeps it"), f"{details.get('before', '')} \u2192 {details.get('to', '')}"


def _content(details: Details) -> Words:
    return str(details.get("content", ""))


def _way(details: Details) -> Iterable[tuple[Words, Words]]:
    labels = dict(TalkWay.choices)
    return [(pgettext_lazy("of a talk", "way"), labels.get(str(details.get("way", "")), ""))]


def _counterpart(details: Details) -> Words:
    kind = details.get("counterpart", "")
    return RoleKind(kind).label if kind in RoleKind.values else kind


def _left_open(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("left"):
        yield _("not prepared"), ", ".join(details["left"])


def _many_broken(details: Details) -> Words:
    return _("%(n)s of yours, this one the longest ago") % {"n": details.get("number")}


def _answered(details: Details) -> Words:
    return f"{details.get('number', '')} {details.get('text', '')}"


def register() -> None:
    register_filters(*FILTERS)
    register_readings(
        {
            "interaction.logged": Reading(
                _channel,
                lambda details: ICONS.get(details.get("channel", ""), "point"),
                _matter,
                _facts,
                permission=VIEW,
            ),
            "interaction.corrected": Reading(_("Entry corrected"), "pencil", facts=_changes, permission=VIEW),
            "interaction.participants_named": Reading(
                _("Participants corrected"), "users", facts=_named, permission=VIEW
            ),
            "contactplan.made": Reading(_("Contact plan made"), "calendar-repeat", _counterpart, permission=VIEW),
            "contactplan.changed": Reading(_("Contact plan changed"), "calendar-repeat", _counterpart, permission=VIEW),
            "talk.planned": Reading(_("Talk planned"), "calendar-event", _content, facts=_way, permission=VIEW),
            "contactplan.ended": Reading(_("Contact plan ended"), "calendar-off", _counterpart, permission=VIEW),
            "contactplan.kept": Reading(
                _("Spoken as planned"), "calendar-check", _counterpart, facts=_left_open, permission=VIEW
            ),
            "guide.changed": Reading(_("Guide changed"), "book", _counterpart),
            "box.hung": Reading(_("Suggestion box hung up"), "mailbox", lambda details: details.get("name", "")),
            "box.changed": Reading(_("Suggestion box changed"), "mailbox", lambda details: details.get("name", "")),
            "box.opened": Reading(_("Suggestion box opened"), "mailbox", lambda details: details.get("name", "")),
            "box.taken_down": Reading(
                _("Suggestion box taken down"), "mailbox-off", lambda details: details.get("name", "")
            ),
            "letter.answered": Reading(_("Letter answered"), "mail-forward", _answered, permission=VIEW),
            "reason.added": Reading(_("Reason offered"), "help-hexagon", lambda details: details.get("name", "")),
            "reason.changed": Reading(_("Reason changed"), "help-hexagon", lambda details: details.get("name", "")),
            "reason.retired": Reading(
                _("Reason no longer offered"), "help-hexagon", lambda details: details.get("name", "")
            ),
            "interaction.repeat_marked": Reading(_("Marked as a repeat"), "repeat", permission=VIEW),
            "promise.made": Reading(_promise, "hourglass", facts=_promised, permission=VIEW),
            "promise.kept": Reading(_("Promise kept"), "hourglass-off", facts=_kept_late, permission=VIEW),
            "promise.broken": Reading(
                _("Promise not kept in time"), "alarm", facts=_promised, tone=lambda _details: "late", permission=VIEW
            ),
            "promise.many_broken": Reading(
                _("Promises not kept in time"), "alarm", _many_broken, tone=lambda _details: "late", permission=VIEW
            ),
            "promise.passed_on": Reading(_("Promise passed on"), "arrow-right", facts=_passed_on, permission=VIEW),
            "interaction.repeat_unmarked": Reading(_("No longer a repeat"), "repeat-off", permission=VIEW),
        }
    )
