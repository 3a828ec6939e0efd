"""What is asked about an order of 12345 or another office."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.common.selects import Select
from gongying.estates.models import Project, Unit
from gongying.estates.spoken_codes import find_unit
from gongying.interactions.operations import LATE_WITHOUT_REASON
from gongying.servicedesk.enums import NoticeChannel, ObjectionOutcome, OrderSource, RequestKind
from gongying.servicedesk.forms.steps import long_text, moment_field
from gongying.servicedesk.models import ServiceCategory

YES_NO = [("yes", _("yes")), ("no", _("no"))]
ORDER_KINDS = (
    RequestKind.COMPLAINT,
    RequestKind.REPAIR,
    RequestKind.HELP,
    RequestKind.ENQUIRY,
    RequestKind.SUGGESTION,
)


class OrderForm(forms.Form):
    source = forms.ChoiceField(label=_("source"), choices=OrderSource.choices)
    external_no = forms.CharField(label=_("number of the order"), max_length=60)
    received_at = moment_field(_("received at"), required=True)
    deadline_at = moment_field(_("deadline as printed"))
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))
    unit_code = forms.CharField(label=_("unit"), max_length=60, required=False)
    person_name = forms.CharField(label=_("name"), max_length=100, required=False)
    person_phone = forms.CharField(
        label=_("phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    kind = forms.ChoiceField(
        label=_("kind"), choices=[(kind.value, kind.label) for kind in ORDER_KINDS], widget=forms.RadioSelect
    )
    category = forms.ModelChoiceField(ServiceCategory.objects.leaves(), label=_("category"), widget=Select)
    text = long_text(_("what the order says"))
    new_facts = long_text(_("what is new"), required=False, rows=2)
    late_reason = forms.CharField(label=_("Why entered so late"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, user: User) -> None:
        self.user = user
        now = timezone.localtime().replace(second=0, microsecond=0)
        super().__init__(data, initial={"received_at": now, "kind": RequestKind.COMPLAINT})
        fields: Any = self.fields
        fields["project"].queryset = Project.objects.visible_to(user)
        fields["project"].empty_label = None
        fields["deadline_at"].help_text = _("Empty: five working days")
        fields["new_facts"].help_text = _(
            "Without new facts, an order about an open matter is linked to it; no second request is opened"
        )

    def clean_received_at(self) -> Any:
        at = self.cleaned_data["received_at"]
        if at > timezone.now():
            raise forms.ValidationError(_t("It cannot have happened in the future."))
        return at

    def clean_person_phone(self) -> str:
        typed: str = self.cleaned_data["person_phone"].strip()
        if not typed:
            return ""
        try:
            return normalise_phone(typed).value
        except UnreadablePhone as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        received_at, deadline_at = cleaned.get("received_at"), cleaned.get("deadline_at")
        if received_at and deadline_at and deadline_at <= received_at:
            self.add_error("deadline_at", _t("The deadline lies before the receipt."))
        if received_at and timezone.now() - received_at > LATE_WITHOUT_REASON and not cleaned.get("late_reason"):
            self.add_error("late_reason", _t("More than 72 hours ago: say why it is entered so late."))
        cleaned["unit"] = self._unit(cleaned)
        return cleaned

    def _unit(self, cleaned: dict[str, Any]) -> Unit | None:
        typed, project = (cleaned.get("unit_code") or "").strip(), cleaned.get("project")
        if not typed or project is None:
            return None
        found = find_unit(typed, project, user=self.user)
        if found is None:
            self.add_error("unit_code", _t("No unit is called so in this project, or more than one is."))
        return found

    def arguments(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "unit_code"}


class ContactForm(forms.Form):
    channel = forms.ChoiceField(label=_("channel"), choices=NoticeChannel.choices)
    words = long_text(_("what was said"))
    at = moment_field(_("at"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = _("Empty: just now")


class ObjectionForm(forms.Form):
    reason = long_text(_("reason"))


class ObjectionDecisionForm(forms.Form):
    outcome = forms.ChoiceField(label=_("what the office decided"), choices=ObjectionOutcome.choices)


class CallbackForm(forms.Form):
    solved = forms.TypedChoiceField(
        label=_("solved?"), choices=YES_NO, coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    satisfied = forms.TypedChoiceField(
        label=_("satisfied?"), choices=YES_NO, coerce=lambda value: value == "yes", widget=forms.RadioSelect
    )
    comment = long_text(_("comment"), required=False, rows=2)
