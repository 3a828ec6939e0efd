"""The buttons with which requests are linked and split, and other departments are asked to support (R-218)."""

from django.utils.translation import gettext_lazy as _

from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import LinkKind
from gongying.servicedesk.forms import matters as forms
from gongying.servicedesk.forms.steps import ReasonForm
from gongying.servicedesk.models import RequestLink, ServiceRequest
from gongying.servicedesk.operations.work import STATES_WITH_WORK
from gongying.servicedesk.step import Step


def was_split_off(service_request: ServiceRequest) -> bool:
    """And may still go back."""
    if not service_request.is_open or not service_request.may_have("splits"):
        return False
    return RequestLink.objects.standing().filter(second=service_request, kind=LinkKind.SPLIT).exists()


def _its_number(service_request: ServiceRequest) -> str:
    return _("The second matter has a number of its own: %(number)s.") % {"number": service_request.number}


MATTER_STEPS = (
    Step(
        "ask_support",
        _("Ask other departments for support"),
        "servicedesk.transfer_request",
        do.ask_support,
        _("They are told."),
        forms.AskSupportForm,
        "users-group",
        lambda case: case.state in STATES_WITH_WORK,
    ),
    Step(
        "link",
        _("Link to another request"),
        "servicedesk.note_request",
        do.link_requests,
        _("Linked."),
        forms.LinkForm,
        "link",
        lambda _case: True,
    ),
    Step(
        "split",
        _("Split off a second matter"),
        "servicedesk.accept_request",
        do.split_request,
        "",
        forms.SplitForm,
        "arrows-split",
        lambda case: case.is_open,
        said_of=_its_number,
    ),
    Step(
        "undo_split",
        _("Undo the split"),
        "servicedesk.accept_request",
        do.undo_split,
        _("It goes on in the first request."),
        ReasonForm,
        "arrows-join",
        was_split_off,
    ),
)
