"""The way of a fit-out from the application to its acceptance (E-043)."""

from typing import Final

from django.utils.translation import pgettext_lazy

from gongying.common.machines import Machine, Transition

PERMIT_WORKS: Final = "fitouts.permit_works"
HANDLE_FILES: Final = "fitouts.handle_files"

FIT_OUT = Machine(
    "fit_out",
    initial=["applied"],
    transitions=[
        Transition(
            "permit", ["applied"], "permitted", PERMIT_WORKS, pgettext_lazy("a fit-out", "Permit"), needs_form=True
        ),
        Transition(
            "refuse", ["applied"], "refused", PERMIT_WORKS, pgettext_lazy("a fit-out", "Do not permit"), needs_form=True
        ),
        Transition(
            "accept", ["permitted"], "accepted", PERMIT_WORKS, pgettext_lazy("a fit-out", "Accept"), needs_form=True
        ),
        Transition(
            "withdraw",
            ["applied", "permitted"],
            "withdrawn",
            HANDLE_FILES,
            pgettext_lazy("a fit-out", "The household withdraws it"),
            needs_form=True,
        ),
    ],
)
