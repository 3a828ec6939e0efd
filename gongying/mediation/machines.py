"""The way of a dispute from its beginning to its end (R-160)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

MEDIATE: Final = "mediation.mediate"

MEDIATION = Machine(
    "mediation_case",
    initial=["open"],
    transitions=[
        Transition("meet", ["open", "mediating"], "mediating", MEDIATE, _("Write down a session"), needs_form=True),
        Transition("agree", ["mediating"], "agreed", MEDIATE, _("Agreement reached"), needs_form=True),
        Transition("keep", ["agreed"], "settled", MEDIATE, _("Agreement is kept"), needs_form=True),
        Transition("breach", ["agreed"], "mediating", MEDIATE, _("Agreement is not kept"), needs_form=True),
        Transition(
            "refer",
            ["open", "mediating", "agreed", "failed"],
            "referred",
            MEDIATE,
            _("Pass on outside"),
            needs_form=True,
        ),
        Transition(
            "fail", ["mediating"], "failed", MEDIATE, pgettext_lazy("a mediation", "No agreement"), needs_form=True
        ),
        Transition(
            "withdraw",
            ["open", "mediating"],
            "withdrawn",
            MEDIATE,
            pgettext_lazy("a mediation", "Withdrawn"),
            needs_form=True,
        ),
    ],
)
