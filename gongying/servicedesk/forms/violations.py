"""What is asked about an illegal act: when it is found, and at each of its steps (E-025)."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.selects import Select
from gongying.estates.models import Building, Project
from gongying.estates.spoken_codes import find_unit
from gongying.files.forms import PhotosField, PhotosInput
from gongying.interactions.enums import Channel
from gongying.interactions.operations import LATE_WITHOUT_REASON
from gongying.servicedesk.enums import DissuasionWay, RequestKind, ViolationOutcome
from gongying.servicedesk.forms.steps import StepForm, long_text, moment_field
from gongying.servicedesk.models import ServiceCategory

LONGEST_NAME = 100


class ViolationForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))
    building = forms.ModelChoiceField(Building.objects.none(), label=_("building"), required=False)
    unit_code = forms.CharField(label=_("unit"), max_length=60, required=False)
    category = forms.ModelChoiceField(ServiceCategory.objects.of_violations(), label=_("category"), widget=Select)
    text = long_text(_("what is done there"))
    violator = forms.CharField(
        label=pgettext_lazy("of a violation", "who does it"), max_length=LONGEST_NAME, required=False
    )
    channel = forms.ChoiceField(label=_("how it became known"), choices=Channel.choices, initial=Channel.PATROL)
    caller_name = forms.CharField(label=_("reported by"), max_length=LONGEST_NAME, required=False)
    occurred_at = moment_field(_("found at"))
    late_reason = forms.CharField(label=_("Why entered so late"), max_length=200, required=False)
    photos = PhotosField(label=_("Photos"), widget=PhotosInput)

    def __init__(self, data: Any = None, files: Any = None, *, user: User) -> None:
        self.user = user
        super().__init__(data, files)
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.visible_to(user)
        fields["project"].empty_label = None
        fields["building"].queryset = Building.objects.visible_to(user).select_related("project")
        fields["building"].empty_label = _("whole project")
        fields["unit_code"].help_text = _("Empty for common parts")
        fields["occurred_at"].help_text = _("Empty: just now")

    def clean_occurred_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["occurred_at"]
        if at is not None and at > timezone.now():
            raise forms.ValidationError(_t("It cannot have happened in the future."))
        return at

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        at, project, building = cleaned.get("occurred_at"), cleaned.get("project"), cleaned.get("building")
        if at and timezone.now() - at > LATE_WITHOUT_REASON and not cleaned.get("late_reason"):
            self.add_error("late_reason", _t("More than 72 hours ago: say why it is entered so late."))
        if project and building and building.project_id != project.pk:
            self.add_error("building", _t("This place is not in that project."))
        typed = (cleaned.get("unit_code") or "").strip()
        if typed and project:
            cleaned["unit"] = find_unit(typed, project, user=self.user)
            if cleaned["unit"] is None:
                self.add_error("unit_code", _t("No unit is called so in this project, or more than one is."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "unit_code"}
        return {**given, "kind": RequestKind.VIOLATION}


def _past_moment() -> forms.DateTimeField:
    field = moment_field(_("at"))
    field.help_text = _("Empty: just now")
    return field


class DissuasionForm(StepForm):
    way = forms.ChoiceField(label=_("how"), choices=DissuasionWay.choices, widget=forms.RadioSelect)
    words = long_text(_("what was said and seen"))
    heeded = forms.TypedChoiceField(
        label=_("heeded?"),
        choices=[("yes", _("stopped and put right")), ("no", _("not heeded"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    violator = forms.CharField(
        label=pgettext_lazy("of a violation", "who does it"), max_length=LONGEST_NAME, required=False
    )
    at = _past_moment()
    photos = PhotosField(label=_("Photos"), widget=PhotosInput)

    def prepare(self) -> None:
        self.fields["violator"].initial = self.service_request.violation.violator


class AuthorityReportForm(StepForm):
    authority = forms.CharField(label=pgettext_lazy("of a violation", "authority"), max_length=LONGEST_NAME)
    words = long_text(_("what was reported"))
    number = forms.CharField(label=_("number at the authority"), max_length=60, required=False)
    committee_told = forms.BooleanField(label=_("owners' committee told"), required=False)
    at = _past_moment()
    photos = PhotosField(label=_("Photos"), widget=PhotosInput)

    def prepare(self) -> None:
        self.fields["words"].initial = self.service_request.text


class AuthorityAnswerForm(StepForm):
    words = long_text(_("what the authority said or did"))
    number = forms.CharField(label=_("number at the authority"), max_length=60, required=False)
    at = _past_moment()


class ConclusionForm(StepForm):
    outcome = forms.ChoiceField(label=_("outcome"), choices=ViolationOutcome.choices, widget=forms.RadioSelect)
    words = long_text(_("in which state it is now"))
