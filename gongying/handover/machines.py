"""The way of a unit to its owner, and of a defect to its end."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

HAND_OVER: Final = "handover.hand_over_units"

HANDOVER = Machine(
    "unit_handover",
    initial=["planned"],
    transitions=[
        Transition(
            "arrange",
            ["planned", "arranged", "refused"],
            "arranged",
            HAND_OVER,
            pgettext_lazy("a hand-over", "Make an appointment"),
            needs_form=True,
        ),
        Transition(
            "inspect",
            ["planned", "arranged"],
            "inspecting",
            HAND_OVER,
            pgettext_lazy("a hand-over", "Begin to inspect"),
        ),
        Transition(
            "hand_over",
            ["inspecting"],
            "handed_over",
            HAND_OVER,
            pgettext_lazy("a hand-over", "Hand over"),
            needs_form=True,
        ),
        Transition(
            "refuse",
            ["inspecting"],
            "refused",
            HAND_OVER,
            pgettext_lazy("a hand-over", "Not accepted"),
            needs_form=True,
        ),
    ],
)

DEFECT = Machine(
    "outstanding_defect",
    initial=["open"],
    transitions=[
        Transition("mend", ["open"], "mended", HAND_OVER, _("Reported as mended"), needs_form=True),
        Transition("accept", ["mended"], "closed", HAND_OVER, pgettext_lazy("a defect", "Checked, closed")),
        Transition("reject", ["mended"], "open", HAND_OVER, pgettext_lazy("a defect", "Not mended"), needs_form=True),
        Transition("drop", ["open"], "dropped", HAND_OVER, pgettext_lazy("a defect", "Drop"), needs_form=True),
    ],
)
