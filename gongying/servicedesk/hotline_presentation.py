"""How outside orders read on timelines."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from gongying.common.templatetags.formats import moment
from gongying.events.presentation import Details, Reading, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.servicedesk.enums import NoticeChannel, ObjectionOutcome, OrderSource
from gongying.servicedesk.models import HotlineOrder
from gongying.servicedesk.reading_words import Facts, facts, said, word

VIEW = "servicedesk.view_requests"


def _order(details: Details) -> Facts:
    yield _("source"), word(OrderSource, details.get("source"))
    yield _("number of the order"), str(details.get("external_no") or "")
    deadline = parse_datetime(str(details.get("deadline") or ""))
    if deadline:
        yield _("deadline"), moment(deadline)


def _callback(details: Details) -> Facts:
    yield _("number of the order"), str(details.get("external_no") or "")
    yield _("solved"), pgettext("follow-up", "solved") if details.get("solved") else _("not solved")
    yield _("satisfied"), _("yes") if details.get("satisfied") else _("no")


_NUMBER = ("external_no", _("number of the order"), None)
READINGS = {
    "hotline.received": Reading(_("Outside order received"), "phone-incoming", facts=_order, permission=VIEW),
    "hotline.repeated": Reading(_("The same matter by an outside order"), "repeat", facts=_order, permission=VIEW),
    "hotline.not_taken_up": Reading(
        _("Outside order not taken up: nobody has spoken to the person"), "bell-ringing", facts=_order, permission=VIEW
    ),
    "hotline.contacted": Reading(
        _("Person of the order contacted"),
        "phone-outgoing",
        said("words"),
        facts(_NUMBER, ("channel", _("channel"), NoticeChannel)),
        permission=VIEW,
    ),
    "hotline.objected": Reading(
        _("Objection to the order"), "hand-stop", said("reason"), facts(_NUMBER), permission=VIEW
    ),
    "hotline.objection_decided": Reading(
        _("Objection decided"), "gavel", said("outcome", ObjectionOutcome), facts(_NUMBER), permission=VIEW
    ),
    "hotline.taken_back": Reading(
        _("Order entered by mistake, taken back"), "arrow-back-up", said("reason"), facts(_NUMBER), permission=VIEW
    ),
    "hotline.called_back": Reading(
        _("The office called back"), "phone-check", said("comment"), _callback, permission=VIEW
    ),
}


def register() -> None:
    register_kind(Kind(HotlineOrder, "servicedesk:order-show", VIEW, stays_in_place=True, is_short=True))
    register_readings(READINGS)
