from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import DayField, check_year
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Project, Unit
from gongying.estates.spoken_codes import find_unit
from gongying.estates.stewards import staff_in_project
from gongying.files.forms import PhotosField, SignatureField
from gongying.mediation.enums import Body
from gongying.mediation.models import LONGEST_NAME, LONGEST_SUBJECT, LONGEST_TEXT, LONGEST_WORD, MediationCase, Side
from gongying.mediation.operations import Disputant
from gongying.organization.models import StaffMember

LONGEST_CODE = 60
USUAL_CHECK = timedelta(days=7)
FIRST_SIDES = ("first", "second")


class UnitCodeInput(forms.TextInput):
    def __init__(self) -> None:
        super().__init__({"autocomplete": "off", "placeholder": _("2-1-301 or 21301")})


def side_fields(label: Any) -> dict[str, forms.Field]:
    """Who one side is: by the home, by the name, and what it says."""
    return {
        "unit_code": forms.CharField(
            label=f"{label} \u00b7 {_('unit')}", max_length=LONGEST_CODE, required=False, widget=UnitCodeInput()
        ),
        "name": forms.CharField(
            label=f"{label} \u00b7 {_('name')}",
            max_length=LONGEST_NAME,
            required=False,
            help_text=_("Empty: the owner of the unit"),
        ),
        "statement": forms.CharField(
            label=f"{label} \u00b7 {_('what this side says and wants')}",
            max_length=LONGEST_TEXT,
            required=False,
            widget=forms.Textarea({"rows": 3}),
            help_text=_("The other sides never read it."),
        ),
    }


class SidesForm(forms.Form):
    """Reads sides: a unit as people type it, a name that one of its people bears."""

    def read_side(self, prefix: str, project: Project, user: User) -> Disputant | None:
        typed, name = (
            self.cleaned_data.get(f"{prefix}unit_code", "").strip(),
            self.cleaned_data.get(f"{prefix}name", ""),
        )
        unit = find_unit(typed, project, user=user) if typed else None
        if typed and unit is None:
            self.add_error(
                f"{prefix}unit_code", ValidationError(_("No unit, or more than one, is called so."), code="unknown")
            )
            return None
        if not typed and not name.strip():
            self.add_error(f"{prefix}name", ValidationError(_("Say who it is: the unit or the name."), code="required"))
            return None
        party = party_in(unit, name.strip()) if unit else None
        if unit is not None and party is None and not name.strip():
            self.add_error(
                f"{prefix}name", ValidationError(_("Nobody is known there: write the name."), code="required")
            )
            return None
        statement = self.cleaned_data.get(f"{prefix}statement", "")
        return Disputant(name=name.strip(), party=party, unit=unit, statement=statement)


class CaseForm(SidesForm):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), empty_label=None)
    subject = forms.CharField(label=_("subject"), max_length=LONGEST_SUBJECT)
    matter = forms.CharField(
        label=_("what the dispute is about"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 3})
    )

    def __init__(self, data: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        self.user = user
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user)
        for prefix, label in zip(FIRST_SIDES, (_("First side"), _("Second side")), strict=True):
            self.fields |= {f"{prefix}_{name}": field for name, field in side_fields(label).items()}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        project = said.get("project")
        if project is not None:
            self.sides = [self.read_side(f"{prefix}_", project, self.user) for prefix in FIRST_SIDES]
            first, second = self.sides
            if first and second and first.party and first.party == second.party:
                self.add_error("second_name", _("Both sides are the same customer."))
        return said


class SideForm(SidesForm):
    def __init__(self, data: Any = None, *, case: MediationCase, user: User) -> None:
        super().__init__(data)
        self.case, self.user = case, user
        self.fields |= side_fields(pgettext_lazy("of a dispute", "side"))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        self.side = self.read_side("", self.case.project, self.user)
        return said


class StatementForm(forms.Form):
    statement = forms.CharField(
        label=_("what this side says and wants"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("The other sides never read it."),
    )


class MinuteField(forms.DateTimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, validators=[check_year], **options)


class SessionForm(forms.Form):
    began_at = MinuteField(label=pgettext_lazy("of a session", "began at"))
    ended_at = MinuteField(label=pgettext_lazy("of a session", "ended at"), required=False)
    venue = forms.CharField(label=_("place"), max_length=LONGEST_NAME, required=False)
    present = forms.ModelMultipleChoiceField(
        Side.objects.none(), label=_("sides that were there"), widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(label=_("others present"), max_length=LONGEST_WORD, required=False)
    record = forms.CharField(label=_("record"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 6}))

    def __init__(self, data: Any = None, *, case: MediationCase) -> None:
        sides = Side.objects.of(case)
        now = timezone.localtime().replace(second=0, microsecond=0)
        super().__init__(data, initial={"began_at": now, "present": [side.pk for side in sides]})
        present: Any = self.fields["present"]
        present.queryset = sides

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        began, ended, now = said.get("began_at"), said.get("ended_at"), timezone.now()
        if began and began > now:
            self.add_error("began_at", _("It cannot have happened in the future."))
        if ended and ended > now:
            self.add_error("ended_at", _("It cannot have happened in the future."))
        elif began and ended and ended < began:
            self.add_error("ended_at", _("It ends before it begins."))
        return said


class AgreementForm(forms.Form):
    """What was agreed, and the signatures: on the screen, or a picture of the paper."""

    text = forms.CharField(label=_("agreement"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 6}))
    check_on = DayField(label=_("asked after on"), help_text=_("On this day one asks whether both sides keep it."))

    def __init__(self, data: Any = None, files: Any = None, *, case: MediationCase) -> None:
        before = case.agreements.order_by("-pk").first()
        # What was broken is where one begins again.
        usual = {"text": before.text if before else "", "check_on": timezone.localdate() + USUAL_CHECK}
        super().__init__(data, files, initial=usual)
        self.sides = list(Side.objects.of(case))
        for side in self.sides:
            label = _("signature of %(name)s") % {"name": side.name}
            self.fields[f"signature_{side.pk}"] = SignatureField(label=label, required=False)
        self.fields["papers"] = PhotosField(label=_("or a picture of the signed paper"))
        self.fields["filed_under"] = forms.CharField(
            label=_("signed original, filed under"), max_length=LONGEST_NAME, required=False
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        check_on = said.get("check_on")
        if check_on and check_on < timezone.localdate():
            self.add_error("check_on", _("The day on which one asks after it lies in the past."))
        missing = [side.name for side in self.sides if not said.get(f"signature_{side.pk}")]
        if missing and not said.get("papers") and not said.get("filed_under") and not self.errors:
            self.add_error(None, _("Not signed yet: %(names)s") % {"names": ", ".join(missing)})
        return said

    @property
    def agreement(self) -> dict[str, Any]:
        given = self.cleaned_data
        signatures = {side.pk: given[f"signature_{side.pk}"] for side in self.sides if given[f"signature_{side.pk}"]}
        return {
            "text": given["text"],
            "check_on": given["check_on"],
            "papers": given["papers"],
            "filed_under": given["filed_under"],
            "signatures": signatures,
        }


class WordForm(forms.Form):
    word = forms.CharField(label=_("in a few words"), max_length=LONGEST_WORD, widget=forms.Textarea({"rows": 3}))


class ReferForm(forms.Form):
    body = forms.ChoiceField(label=_("passed on to"), choices=Body.choices)
    name = forms.CharField(label=_("office and person"), max_length=LONGEST_NAME, required=False)
    word = forms.CharField(
        label=_("why, and what goes with it"), max_length=LONGEST_WORD, widget=forms.Textarea({"rows": 3})
    )


class PassOnForm(forms.Form):
    staff = forms.ModelChoiceField(StaffMember.objects.none(), label=_("mediator"))
    note = forms.CharField(label=_("note"), max_length=LONGEST_WORD, required=False)

    def __init__(self, data: Any = None, *, case: MediationCase) -> None:
        super().__init__(data)
        staff: Any = self.fields["staff"]
        staff.queryset = staff_in_project(case.project_id).select_related("user").order_by("user__name", "pk")


def party_in(unit: Unit, name: str) -> Party | None:
    """The one of this name who has to do with the unit; without a name its first owner."""
    roles: Any = PartyRole.objects.current().living().filter(unit=unit).select_related("party").order_by("rank", "pk")
    fitting = roles.filter(party__name=name) if name else roles
    found = fitting.first()
    return found.party if found else None
