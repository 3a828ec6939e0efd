"""The buttons of work orders."""

from collections.abc import Callable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import CHARGED_IN, Payer
from gongying.servicedesk.forms import planning
from gongying.servicedesk.forms import steps as forms
from gongying.servicedesk.forms.completion import CompleteForm
from gongying.servicedesk.forms.costs import ChargeForm
from gongying.servicedesk.forms.pausing import PauseForm, ReleaseForm
from gongying.servicedesk.forms.price_agreements import PriceBeforeWorkForm
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.rules import DISPATCH_WORK, DO_WORK
from gongying.servicedesk.step import Step

# From taking the job until it is done.
WITH_A_DOER = ("accepted", "en_route", "on_site", "paused")


def doer_step(key: str, label: Promise, act: Callable[..., Any], said: Promise, **further: Any) -> Step:
    """What the worker does himself, also where there is no network."""
    return Step(key, label, DO_WORK, act, said, takes_moment=True, **further)


def _ask_for_help(work_order: WorkOrder, **given: Any) -> Any:
    return do.escalate_request(work_order.service_request, ground="asked", **given)


def _resume_on_site(work_order: WorkOrder, **given: Any) -> Any:
    return do.resume_work(work_order, on_site=True, **given)


WORK_STEPS = (
    Step(
        "assign",
        _("Assign"),
        "servicedesk.dispatch_work",
        do.assign_work,
        _("Assigned."),
        planning.PlanForm,
        "user-check",
        undo="unassign",
    ),
    Step("unassign", _("Take back"), "servicedesk.dispatch_work", do.unassign_work, _("Taken back."), icon="user-x"),
    Step("claim", _("Claim"), DO_WORK, do.claim_work, _("It is your job."), icon="hand-grab"),
    doer_step("accept", _("Take the job"), do.accept_work, _("Taken."), icon="check"),
    doer_step("decline", _("Decline"), do.decline_work, _("Given back."), form=forms.DeclineForm, icon="x"),
    doer_step("set_out", _("Set out"), do.set_out, _("On the way."), icon="walk"),
    doer_step(
        "price",
        _("Price agreed?"),
        do.agree_price,
        _("Written down; the work may start."),
        form=PriceBeforeWorkForm,
        icon="receipt-yuan",
        is_possible=lambda work: work.waits_for_price,
    ),
    doer_step("arrive", _("Arrived"), do.arrive, _("On site."), icon="map-pin-check"),
    doer_step("pause", _("Pause"), do.pause_work, _("Paused."), form=PauseForm, icon="player-pause", undo="resume"),
    doer_step("resume", _("Resume"), do.resume_work, _("Going on."), icon="player-play"),
    doer_step("resume_on_site", _("Resume on site"), _resume_on_site, _("Going on."), icon="player-play"),
    doer_step("complete", _("Done"), do.complete_work, _("Done."), form=CompleteForm, icon="circle-check"),
    doer_step(
        "charge",
        _("Price and payment"),
        do.charge_customer,
        _("Written down."),
        form=ChargeForm,
        icon="cash",
        takes_version=False,
        is_possible=lambda work: work.service_request.payer == Payer.OWNER and work.state in CHARGED_IN,
    ),
    Step(
        "release",
        _("Release the stop"),
        DISPATCH_WORK,
        do.release_work,
        _("Released: the work may go on."),
        ReleaseForm,
        "lock-open",
        lambda work_order: work_order.waits_for_release,
    ),
    Step(
        "help",
        _("Ask for help"),
        DO_WORK,
        _ask_for_help,
        _("The supervisor is called."),
        forms.HelpForm,
        "lifebuoy",
        lambda work_order: work_order.state in WITH_A_DOER,
        takes_version=False,
    ),
    Step(
        "check",
        pgettext_lazy("of work", "Check"),
        "servicedesk.check_work",
        do.check_work,
        _("Checked."),
        forms.CheckForm,
        "shield-check",
    ),
    Step(
        "fail_check",
        _("Not accepted"),
        "servicedesk.check_work",
        do.fail_check,
        _("Back to the doer."),
        forms.ReasonForm,
        "arrow-back-up",
    ),
    Step(
        "reassign",
        _("Reassign"),
        "servicedesk.dispatch_work",
        do.reassign_work,
        _("Reassigned."),
        planning.ReassignForm,
        "user-share",
    ),
    Step(
        "plan",
        _("Another time"),
        "servicedesk.dispatch_work",
        do.plan_work,
        _("Planned."),
        planning.TimeForm,
        "calendar-time",
        is_possible=lambda work: work.is_unfinished,
    ),
    Step(
        "cancel",
        _("Cancel the job"),
        "servicedesk.dispatch_work",
        do.cancel_work,
        _("Cancelled."),
        forms.ReasonForm,
        "x",
    ),
)
