"""The way of a home visit (domain model 5.3, HomeVisit).

A door is rung at whether or not the household had confirmed the time: stewards also call in on their rounds (R-096).
Nobody home is planned again three times at most; what was said there is dispatched before the visit is closed.
"""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

MAKE = "visits.make_visits"
MOST_REPLANS = 3
# Offered where it was done, not among the steps of a visit.
UNDOINGS = ("undo_miss", "undo_miss_of_confirmed")

VISIT = Machine(
    "home_visit",
    initial=["planned"],
    transitions=[
        Transition("confirm", ["planned"], "confirmed", MAKE, pgettext_lazy("a home visit", "Time confirmed")),
        Transition("meet", ["planned", "confirmed"], "met", MAKE, pgettext_lazy("a home visit", "Met somebody")),
        Transition("miss", ["planned", "confirmed"], "not_home", MAKE, pgettext_lazy("a home visit", "Nobody home")),
        # The undo of "nobody home": back to what it was before.
        Transition("undo_miss", ["not_home"], "planned", MAKE),
        Transition("undo_miss_of_confirmed", ["not_home"], "confirmed", MAKE),
        Transition("replan", ["not_home"], "planned", MAKE, _("Plan again"), needs_form=True),
        Transition("move", ["planned", "confirmed"], "planned", MAKE, _("Another time"), needs_form=True),
        Transition("record", ["met"], "recorded", MAKE, pgettext_lazy("a home visit", "Record"), needs_form=True),
        Transition("close", ["recorded"], "closed", MAKE, pgettext_lazy("a home visit", "Close")),
        Transition(
            "cancel",
            ["planned", "confirmed", "not_home"],
            "cancelled",
            MAKE,
            pgettext_lazy("a home visit", "Cancel the visit"),
            needs_form=True,
        ),
    ],
)
