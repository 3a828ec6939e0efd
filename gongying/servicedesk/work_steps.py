"""The buttons of work orders."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.servicedesk import operations as do
from gongying.servicedesk.forms import steps as forms
from gongying.servicedesk.forms.completion import CompleteForm
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.step import Step


def _resume_on_site(work_order: WorkOrder, **given: Any) -> Any:
    return do.resume_work(work_order, on_site=True, **given)


WORK_STEPS = (
    Step(
        "assign", _("Assign"), "servicedesk.dispatch_work", do.assign_work, _("Assigned."), forms.PlanForm, "user-check"
    ),
    Step("claim", _("Claim"), "servicedesk.do_work", do.claim_work, _("It is your job."), icon="hand-grab"),
    Step("accept", _("Take the job"), "servicedesk.do_work", do.accept_work, _("Taken."), icon="check"),
    Step("decline", _("Decline"), "servicedesk.do_work", do.decline_work, _("Given back."), forms.ReasonForm, "x"),
    Step("set_out", _("Set out"), "servicedesk.do_work", do.set_out, _("On the way."), icon="walk"),
    Step("arrive", _("Arrived"), "servicedesk.do_work", do.arrive, _("On site."), icon="map-pin-check"),
    Step(
        "pause",
        _("Pause"),
        "servicedesk.do_work",
        do.pause_work,
        _("Paused."),
        forms.PauseForm,
        "player-pause",
        undo="resume",
    ),
    Step("resume", _("Resume"), "servicedesk.do_work", do.resume_work, _("Going on."), icon="player-play"),
    Step(
        "resume_on_site",
        _("Resume on site"),
        "servicedesk.do_work",
        _resume_on_site,
        _("Going on."),
        icon="player-play",
    ),
    Step("complete", _("Done"), "servicedesk.do_work", do.complete_work, _("Done."), CompleteForm, "circle-check"),
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
        forms.ReassignForm,
        "user-share",
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
