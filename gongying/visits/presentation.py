"""How home visits read on a timeline."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.templatetags.formats import spoken
from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.visits.enums import VisitReason
from gongying.visits.rules import VIEW


def _visit(details: Details) -> Words:
    occasion = details.get("occasion", "")
    label = VisitReason(occasion).label if occasion in VisitReason.values else ""
    return " ".join(str(part) for part in (details.get("unit", ""), label, details.get("text", "")) if part)


def _when(details: Details) -> list[tuple[Words, Words]]:
    facts: list[tuple[Words, Words]] = [(_("who goes"), str(details.get("steward", "")))]
    if details.get("planned_for"):
        moment = timezone.localtime(datetime.fromisoformat(details["planned_for"]))
        facts.append((_("planned for"), spoken(moment)))
    return facts


def _result(details: Details) -> list[tuple[Words, Words]]:
    facts: list[tuple[Words, Words]] = []
    if details.get("result"):
        facts.append((_("result"), str(details["result"])))
    if details.get("request"):
        facts.append((_("request"), str(details["request"])))
    if details.get("reason"):
        facts.append((_("reason"), str(details["reason"])))
    return facts


def register() -> None:
    register_readings(
        {
            "home_visit.planned": Reading(_("Visit planned"), "door", _visit, _when, permission=VIEW),
            "home_visit.confirmed": Reading(_("Visit confirmed"), "door", _visit, _when, permission=VIEW),
            "home_visit.moved": Reading(_("Visit moved"), "door", _visit, _when, permission=VIEW),
            "home_visit.replanned": Reading(_("Visit planned again"), "door", _visit, _when, permission=VIEW),
            "home_visit.met": Reading(_("Visited"), "door-enter", _visit, permission=VIEW),
            "home_visit.missed": Reading(_("Nobody home"), "door-off", _visit, permission=VIEW),
            "home_visit.miss_undone": Reading(_("Nobody home: undone"), "door", _visit, permission=VIEW),
            "home_visit.recorded": Reading(_("Visit recorded"), "notes", _visit, _result, permission=VIEW),
            "home_visit.need_dispatched": Reading(_("Need dispatched"), "send", _visit, _result, permission=VIEW),
            "home_visit.need_declined": Reading(_("Need becomes no request"), "x", _visit, _result, permission=VIEW),
            "home_visit.closed": Reading(_("Visit closed"), "check", _visit, permission=VIEW),
            "home_visit.cancelled": Reading(_("Visit cancelled"), "door-off", _visit, _result, permission=VIEW),
        }
    )
