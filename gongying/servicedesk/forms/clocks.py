"""What the steps of clocks ask for."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import Metric, PauseReason
from gongying.servicedesk.forms.steps import StepForm, long_text, moment_field
from gongying.servicedesk.operations.adjustments import APPROVED, DECLINED


class PauseClockForm(StepForm):
    reason = forms.ChoiceField(label=_("reason"), choices=PauseReason.choices, widget=forms.RadioSelect)
    note = long_text(_("note"), required=False, rows=2)


class AdjustmentForm(StepForm):
    metric = forms.ChoiceField(label=_("clock"), choices=Metric.choices)
    new_due = moment_field(_("new due time"), required=True)
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        running = [clock.metric for clock in self.service_request.clocks.all() if clock.is_running]
        choices = [choice for choice in Metric.choices if choice[0] in running]
        self.fields["metric"].choices = choices  # type: ignore[attr-defined]
        if Metric.RESOLUTION in running:
            self.fields["metric"].initial = Metric.RESOLUTION


class AdjustmentDecisionForm(StepForm):
    outcome = forms.ChoiceField(
        label=_("decision"),
        choices=[(APPROVED, _("agreed")), (DECLINED, _("declined"))],
        widget=forms.RadioSelect,
    )
    answer = long_text(_("answer"), required=False, rows=2)
