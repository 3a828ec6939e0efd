from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import check_year
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.estates.spoken_codes import find_unit
from gongying.files.forms import AttachmentsField
from gongying.reception.enums import Outcome
from gongying.reception.models import (
    LONGEST_COUNTER,
    LONGEST_LINE,
    LONGEST_NAME,
    LONGEST_NOTES,
    LONGEST_PERSON,
    LONGEST_RESULT,
    ReceptionTicket,
    VisitPurpose,
)
from gongying.reception.models.purposes import MOST_MINUTES

LONGEST_CODE = 60


class VisitorForm(forms.Form):
    """Who came, from which household, and for what: as far as it is known."""

    unit_code = forms.CharField(
        label=_("unit"),
        required=False,
        max_length=LONGEST_CODE,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": _("2-1-301 or 21301")}),
    )
    party = forms.ModelChoiceField(Party.objects.none(), required=False, label=_("customer"))
    person_name = forms.CharField(label=_("name"), required=False, max_length=LONGEST_PERSON)
    purpose = forms.ModelChoiceField(VisitPurpose.objects.none(), label=_("purpose of the visit"), empty_label=None)

    def __init__(self, *args: Any, ticket: ReceptionTicket, user: User, **kwargs: Any) -> None:
        given = {"unit_code": ticket.unit.code if ticket.unit else "", "person_name": ticket.person_name}
        kwargs.setdefault("initial", {**given, "party": ticket.party_id, "purpose": ticket.purpose_id})
        super().__init__(*args, **kwargs)
        self.ticket, self.user = ticket, user
        fields: Any = self.fields
        fields["party"].queryset = Party.objects.visible_to(user)
        # What he came for stays to choose from though it is not offered any more.
        offered = VisitPurpose.objects.offered_in(ticket.project) | VisitPurpose.objects.filter(pk=ticket.purpose_id)
        fields["purpose"].queryset = offered.distinct()

    def clean_unit_code(self) -> Unit | None:
        typed: str = self.cleaned_data["unit_code"].strip()
        if not typed:
            return None
        found = find_unit(typed, self.ticket.project, user=self.user)
        if found is None:
            raise ValidationError(_("No unit, or more than one, is called so."), code="unknown")
        return found

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {
            "unit": cleaned["unit_code"],
            "party": cleaned["party"],
            "person_name": cleaned["person_name"],
            "purpose": cleaned["purpose"],
        }


class FinishForm(forms.Form):
    """One chip is enough; words are better."""

    notes = forms.CharField(label=_("notes"), required=False, max_length=LONGEST_NOTES, widget=forms.Textarea)
    outcome = forms.ChoiceField(label=_("result"), choices=Outcome.choices, required=False, widget=forms.RadioSelect)
    result = forms.CharField(
        label=_("result of the visit"),
        required=False,
        max_length=LONGEST_RESULT,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    promise_at = forms.DateTimeField(
        label=_("answer by"),
        required=False,
        validators=[check_year],
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("result", "promise_at"):
            self.fields[name].is_needed_mostly = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        outcome = cleaned.get("outcome", "")
        if "result" in cleaned and not cleaned["result"].strip():
            if outcome:
                cleaned["result"] = str(Outcome(outcome).label)
            else:
                self.add_error("result", _("The result of the visit is missing."))
        if outcome == Outcome.APPOINTMENT and "promise_at" in cleaned:
            promised = cleaned["promise_at"]
            if promised is None:
                self.add_error("promise_at", _("Say by when the visitor gets the answer."))
            elif promised <= timezone.now():
                self.add_error("promise_at", _("A promise needs a time that is still to come."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        outcome = cleaned["outcome"] or Outcome.EXPLAINED
        promise_at = cleaned["promise_at"] if outcome == Outcome.APPOINTMENT else None
        return {"result": cleaned["result"], "outcome": outcome, "promise_at": promise_at}


class NotesForm(forms.Form):
    # strip=False: a space at the end is where the next word will stand.
    text = forms.CharField(required=False, max_length=LONGEST_NOTES, strip=False)
    seen = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)


class HandoverForm(forms.Form):
    """All else is written down by the system."""

    line = forms.CharField(
        label=_("a word to the next"),
        required=False,
        max_length=LONGEST_LINE,
        widget=forms.TextInput({"autofocus": True}),
        help_text=_("What the system cannot know: who will come back, what was agreed by word of mouth"),
    )


class PurposeForm(forms.Form):
    """How a chip reads in a project, and the papers that its visitors need."""

    name = forms.CharField(label=pgettext_lazy("of a thing", "name"), max_length=LONGEST_NAME)
    minutes = forms.IntegerField(label=_("usual minutes"), min_value=1, max_value=MOST_MINUTES)
    is_offered = forms.BooleanField(label=_("offered"), required=False)
    papers = AttachmentsField(
        label=_("papers"), help_text=_("Regulations, fee tables, check lists: shown beside the visit")
    )


class SeatForm(forms.Form):
    counter = forms.CharField(
        label=pgettext_lazy("a place", "counter"),
        max_length=LONGEST_COUNTER,
        required=False,
        help_text=_("As it stands on the counter: 1, A, 3. The screen in the waiting area sends your visitors there."),
    )
