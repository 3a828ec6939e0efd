"""Nobody at home, parts missing, stopped for safety: a reason, when it goes on, and a photo of the door."""

from datetime import datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import check_year
from gongying.files.forms import PhotosField
from gongying.servicedesk.enums import PauseReason
from gongying.servicedesk.forms.phrases import MomentInput
from gongying.servicedesk.forms.steps import StepForm, long_text

MORNING, AFTERNOON = 9, 14


def usual_moments(now: datetime) -> list[tuple[str | Promise, datetime]]:
    """When one comes again: in two hours, tomorrow, the day after."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    soon = timezone.localtime(now).replace(second=0, microsecond=0) + timedelta(hours=2)
    return [
        (_("in 2 hours"), soon),
        (_("tomorrow morning"), midnight + timedelta(days=1, hours=MORNING)),
        (_("tomorrow afternoon"), midnight + timedelta(days=1, hours=AFTERNOON)),
        (_("the day after tomorrow"), midnight + timedelta(days=2, hours=MORNING)),
    ]


class ReleaseForm(StepForm):
    note = long_text(_("what was looked at"), rows=2)


class PauseForm(StepForm):
    reason = forms.ChoiceField(label=_("reason"), choices=PauseReason.choices, widget=forms.RadioSelect)
    until = forms.DateTimeField(label=_("goes on at"), required=False, validators=[check_year], widget=MomentInput)
    note = long_text(_("note"), required=False, rows=2)
    photos = PhotosField(label=_("photo of the door or of the danger"))

    def prepare(self) -> None:
        widget = self.fields["until"].widget
        if isinstance(widget, MomentInput):
            widget.moments = usual_moments(timezone.now())
