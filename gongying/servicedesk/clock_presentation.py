"""How clocks read on a timeline and in a notice."""

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from gongying.common.templatetags.formats import spoken
from gongying.events.presentation import Details, Reading, Words
from gongying.servicedesk.enums import Metric, PauseReason, Recipient
from gongying.servicedesk.reading_words import Facts, facts, word


def _moment(details: Details, name: str) -> str:
    at = parse_datetime(str(details.get(name) or ""))
    return spoken(timezone.localtime(at)) if at else ""


def _reached(details: Details) -> Words:
    return f"{word(Metric, details.get('metric'))} {details.get('percent')} %"


def _supported(details: Details) -> Words:
    return f"{details.get('department') or ''} {details.get('percent')} %"


def _moved(details: Details) -> Words:
    return f"{word(Metric, details.get('metric'))} {_moment(details, 'before')} → {_moment(details, 'due_at')}"


def _metric(details: Details) -> Words:
    return word(Metric, details.get("metric"))


def _late(_details: Details) -> str:
    return "late"


def _step_facts(details: Details) -> Facts:
    yield _("due"), _moment(details, "due_at")
    yield _("told"), word(Recipient, details.get("to"))


def _support_facts(details: Details) -> Facts:
    """From the first step on the department hears of it; beside it whom the ladder names, and those who wait."""
    yield _("due"), _moment(details, "due_at")
    department, to = str(details.get("department") or ""), str(details.get("to") or "")
    people = [department] if to == Recipient.DOER else [department, str(word(Recipient, to)), str(_("in charge"))]
    yield _("told"), " · ".join(filter(None, people))


def _pause_facts(details: Details) -> Facts:
    yield _("reason"), word(PauseReason, details.get("reason"))
    for label, name in ((_("at most until"), "until"), (_("due"), "due_at")):
        if said := _moment(details, name):
            yield label, said
    if details.get("note"):
        yield _("note"), details["note"]


def _reasons(details: Details) -> Facts:
    for label, name in ((_("reason"), "reason"), (_("answer"), "answer")):
        if details.get(name):
            yield label, details[name]


def _version(details: Details) -> Words:
    return _("%(name)s, version %(n)s from %(moment)s") % {
        "name": details.get("name") or "",
        "n": details.get("version") or "",
        "moment": _moment(details, "valid_from"),
    }


def _limits(details: Details) -> Facts:
    for reason, change in (details.get("changes") or {}).items():
        yield reason, f"{change['before'] or '–'} → {change['after'] or '–'}"


CLOCK_READINGS = {
    "service_times.set": Reading(_("Service times set"), "clock-cog", _version, facts(("source", _("source"), None))),
    "service_times.ended": Reading(_("Service times ended"), "clock-off", _version),
    "ladder.set": Reading(_("Escalation ladder set"), "stairs-up", _version),
    "ladder.ended": Reading(_("Escalation ladder ended"), "stairs", _version),
    "category_rules.set": Reading(_("Rules of a category set"), "list-check", _version),
    "category_rules.ended": Reading(_("Rules of a category ended"), "list", _version),
    "longest_pauses.set": Reading(_("Longest pauses set"), "player-pause", facts=_limits),
    "clock.warned": Reading(_("Service time is running out"), "hourglass", _reached, _step_facts),
    "clock.breached": Reading(_("Service time exceeded"), "alarm", _reached, _step_facts, tone=_late),
    "clock.escalated": Reading(_("Service time far exceeded"), "alarm", _reached, _step_facts, tone=_late),
    "support.warned": Reading(_("Time for the support is running out"), "hourglass", _supported, _support_facts),
    "support.breached": Reading(_("Support is late"), "alarm", _supported, _support_facts, tone=_late),
    "support.escalated": Reading(_("Support is far too late"), "alarm", _supported, _support_facts, tone=_late),
    "clock.paused": Reading(_("Clock stopped"), "player-pause", _metric, _pause_facts),
    "clock.resumed": Reading(_("Clock runs on"), "player-play", _moved),
    "clock.pause_expired": Reading(_("Longest pause over, the clock runs on"), "alarm", _metric, _pause_facts),
    "clock.adjustment_asked": Reading(_("Another due time asked for"), "calendar-plus", _moved, _reasons),
    "clock.adjusted": Reading(_("Due time changed"), "calendar-check", _moved, _reasons),
    "clock.adjustment_declined": Reading(_("Another due time declined"), "calendar-x", _metric, _reasons),
}
