"""The way of a visitor through the front desk (domain model 5.3, ReceptionTicket).

A call for help is a row (`AssistanceRequest`), not a state; who takes over a visitor becomes the handler.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

RECEIVE = "reception.receive_visitors"
TAKE_OVER = "reception.take_over_visitors"

TICKET = Machine(
    "reception_ticket",
    initial=["waiting"],
    transitions=[
        Transition("attend", ["waiting"], "attending", RECEIVE, pgettext_lazy("a visitor", "Receive")),
        Transition("resume", ["parked"], "attending", RECEIVE, pgettext_lazy("a visit", "Go on")),
        Transition("park", ["attending"], "parked", RECEIVE, pgettext_lazy("a visit", "Park")),
        Transition("finish", ["attending"], "done", RECEIVE, pgettext_lazy("a visit", "Finish"), needs_form=True),
        Transition("take_over", ["waiting", "attending", "parked"], "attending", TAKE_OVER, _("Take over")),
        Transition("leave", ["waiting", "parked"], "left_unseen", RECEIVE, pgettext_lazy("a visitor", "Has left")),
    ],
)
