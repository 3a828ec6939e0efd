"""How public faults read on timelines."""

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from gongying.common.templatetags.formats import moment
from gongying.events.presentation import Details, Reading, register_readings
from gongying.events.subjects import Kind, register_kind
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.models import PublicFault
from gongying.servicedesk.reading_words import Facts, facts, said


def _announcement(details: Details) -> Facts:
    if details.get("where"):
        yield _("where"), str(details["where"])
    ends = parse_datetime(str(details.get("expected_end") or ""))
    if ends:
        yield _("expected end"), moment(ends)


_TO_CALLER = facts(("title", _("public fault"), None), ("channel", _("channel"), NoticeChannel))
READINGS = {
    "fault.announced": Reading(_("Public fault announced"), "alert-triangle", said("words"), _announcement),
    "fault.changed": Reading(_("Words for callers changed"), "edit", said("words"), _announcement),
    "fault.ended": Reading(
        _("Public fault ended"), "circle-check", said("words"), facts(("callers", _("callers to be told"), None))
    ),
    "fault.notice_due": Reading(_("Public fault ended, to be told"), "message-forward", said("words"), _TO_CALLER),
    "fault.caller_told": Reading(_("Told that the fault is over"), "message-check", said("words"), _TO_CALLER),
}


def register() -> None:
    register_kind(
        Kind(
            PublicFault,
            "servicedesk:fault-show",
            stays_in_place=True,
            is_short=True,
            related=("service_request__category",),
        )
    )
    register_readings(READINGS)
