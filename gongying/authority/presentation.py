"""How authority and approvals read on a timeline."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from gongying.authority.enums import Per, Subject
from gongying.common.templatetags.formats import yuan
from gongying.events.presentation import Details, Filter, Reading, Words, register_filters, register_readings

Facts = Iterable[tuple[Words, Words]]


def _subject(details: Details) -> str:
    subject = str(details.get("subject") or "")
    return str(Subject(subject).label) if subject in Subject.values else subject


def _sum(details: Details) -> Words:
    return f"{_subject(details)} {yuan(Decimal(details['amount']))}"


def _grant(details: Details) -> Words:
    limit, per = yuan(Decimal(details["limit"])), str(Per(details["per"]).label)
    return f"{details['holder']} · {_subject(details)} · {limit} {per}"


def _period(details: Details) -> Facts:
    if details.get("before"):
        yield _("limit before"), yuan(Decimal(details["before"]))
    yield _("from"), str(details.get("starts_on") or "")
    if details.get("on") or details.get("ends_on"):
        yield _("no more from"), str(details.get("on") or details["ends_on"])
    if details.get("project"):
        yield _("project"), str(details["project"])


NAMED = (
    ("reason", _("reason")),
    ("grant", _("within the authority")),
    ("asked_by", _("asked by")),
    ("decided_by", _("agreed to by")),
    ("note", _("note on the decision")),
)


def _ground(details: Details) -> Facts:
    return [(label, str(details[name])) for name, label in NAMED if details.get(name)]


def _asked(details: Details) -> Facts:
    yield from _ground(details)
    yield _("own limit"), yuan(Decimal(details["limit"])) if details.get("limit") else _("none")


def register() -> None:
    register_readings(
        {
            "authority.given": Reading(_("Authority given"), "rosette", _grant, _period),
            "authority.changed": Reading(_("Authority changed"), "rosette", _grant, _period),
            "authority.ended": Reading(_("Authority ended"), "rosette", _grant, _period),
            "authority.used": Reading(_("Granted to the customer"), "gift", _sum, _ground),
            "approval.asked": Reading(_("Approval asked for"), "help-hexagon", _sum, _asked),
            "approval.granted": Reading(_("Approval given"), "circle-check", _sum, _ground),
            "approval.refused": Reading(_("Approval not given"), "circle-x", _sum, _ground),
            "approval.withdrawn": Reading(_("Approval withdrawn"), "arrow-back-up", _sum, _ground),
        }
    )
    register_filters(Filter("authority", _("concessions"), ("authority.used", "approval.*"), order=40))
