from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import NAME_OF_A_THING, DayField, check_year
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.estates.models import Building, Project
from gongying.files.forms import PhotosField, SignatureField
from gongying.handover.installation import standard_documents
from gongying.handover.models import HandoverBatch, UnitHandover, WarrantyPeriod
from gongying.handover.models.batches import LONGEST_NAME, LONGEST_REASON, MEND_DAYS, MOST_DOCUMENTS
from gongying.handover.models.defects import LONGEST_TEXT
from gongying.organization.models import StaffMember

MOST_KEYS = 99
LONGEST_MEND = 365


class DocumentsField(forms.CharField):
    """One document a line."""

    widget = forms.Textarea({"rows": 6})

    def clean(self, value: Any) -> Any:
        typed: str = super().clean(value)
        lines = [line.strip() for line in typed.splitlines() if line.strip()]
        if len(lines) > MOST_DOCUMENTS or any(len(line) > LONGEST_NAME for line in lines):
            raise ValidationError(_("At most %(most)d documents, each in a short line.") % {"most": MOST_DOCUMENTS})
        if len(set(lines)) < len(lines):
            raise ValidationError(_("Each document is written once."))
        return lines


class BatchForm(forms.Form):
    """Which buildings are handed over in which days."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))
    name = forms.CharField(label=NAME_OF_A_THING, max_length=LONGEST_NAME)
    buildings = forms.ModelMultipleChoiceField(Building.objects.none(), label=_("buildings"))
    completed_on = DayField(label=_("building accepted on"), help_text=_("Warranties of its parts begin there"))
    starts_on = DayField(label=_("first day"))
    ends_on = DayField(label=_("last day"))
    developer = forms.ModelChoiceField(Party.objects.none(), label=_("developer"), required=False)
    mend_days = forms.IntegerField(
        label=_("days to mend a defect"), min_value=1, max_value=LONGEST_MEND, initial=MEND_DAYS
    )
    documents = DocumentsField(label=_("documents for the owner"), max_length=2_000, help_text=_("One a line"))

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"documents": "\n".join(standard_documents())})
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.visible_to(user)
        fields["buildings"].queryset = Building.objects.visible_to(user).select_related("project")
        developers = Party.objects.visible_to(user).filter(roles__role=RoleKind.DEVELOPER).distinct()
        fields["developer"].queryset = developers

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        project = said.get("project")
        if project and any(building.project_id != project.pk for building in said.get("buildings", ())):
            self.add_error("buildings", _("These buildings do not stand in this project."))
        first, last, completed = said.get("starts_on"), said.get("ends_on"), said.get("completed_on")
        if first and last and last < first:
            self.add_error("ends_on", _("It ends before it begins."))
        if first and completed and completed > first:
            self.add_error("completed_on", _("Nothing is handed over before the building is accepted."))
        return said


class ArrangeForm(forms.Form):
    starts_at = forms.DateTimeField(
        label=pgettext_lazy("a hand-over", "appointment"),
        validators=[check_year],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    colleague = forms.ModelChoiceField(StaffMember.objects.none(), label=pgettext_lazy("a hand-over", "received by"))

    def __init__(self, data: Any = None, *, handover: UnitHandover, people: Any) -> None:
        super().__init__(data, initial={"starts_at": handover.starts_at})
        self.batch = handover.batch
        colleague: Any = self.fields["colleague"]
        colleague.queryset = people

    def clean_starts_at(self) -> Any:
        at = self.cleaned_data["starts_at"]
        if at <= timezone.now():
            raise ValidationError(_("An appointment needs a time that is still to come."))
        if not self.batch.starts_on <= timezone.localdate(at) <= self.batch.ends_on:
            days = {"first": self.batch.starts_on, "last": self.batch.ends_on}
            raise ValidationError(_("This hand-over takes place from %(first)s to %(last)s.") % days)
        return at

    def clean_colleague(self) -> User:
        chosen: StaffMember = self.cleaned_data["colleague"]
        return chosen.user


class HandOverForm(forms.Form):
    """What the owner is given, and his signature."""

    documents = forms.MultipleChoiceField(
        label=_("documents"), required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )
    keys = forms.IntegerField(label=_("keys"), min_value=0, max_value=MOST_KEYS, initial=0)
    signed_name = forms.CharField(label=_("signed by"), max_length=LONGEST_NAME)
    signature = SignatureField(label=_("signature"))

    def __init__(self, *args: Any, batch: HandoverBatch, **options: Any) -> None:
        super().__init__(*args, **options)
        documents: Any = self.fields["documents"]
        documents.choices = [(name, name) for name in batch.documents]
        documents.initial = batch.documents


class RefuseForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 2}))


class DefectForm(forms.Form):
    """A defect; of a common part where no unit is named."""

    text = forms.CharField(label=_("defect"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3}))
    warranty = forms.ModelChoiceField(WarrantyPeriod.objects.all(), label=_("warranty of"), required=False)
    due_on = DayField(label=_("to be mended by"), required=False, help_text=_("Empty: after the days of the hand-over"))
    photos = PhotosField(label=_("photos"))


class WordForm(forms.Form):
    word = forms.CharField(label=_("in a few words"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}))


class RejectForm(WordForm):
    due_on = DayField(label=_("to be mended by"), required=False)
