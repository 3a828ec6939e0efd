from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.inputs import id_in
from gongying.customers.enums import ConsentPurpose, ContactKind, PartyKind, ProfileKind, RoleKind
from gongying.customers.forms.fields import DayField, PhonesField, UnitField
from gongying.customers.models import Party
from gongying.customers.operations import create_party
from gongying.customers.operations.contacts import normalise_contact
from gongying.estates.models import Project, Unit
from gongying.organization.models import StaffMember

# Roles that one gets by a form; owners come by title transfer or with a share, colleagues by their own page.
GIVEN_ROLES = [choice for choice in RoleKind.choices if choice[0] != RoleKind.INTERNAL]


class PersonForm(forms.Form):
    """Somebody new, or somebody on file whom the duplicate warning offered (`same_as`)."""

    same_as = forms.ModelChoiceField(Party.objects.none(), required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("name"), max_length=100, required=False)
    phones = PhonesField(required=False, help_text=_("Several numbers: separate them with commas."))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.fields["same_as"].queryset = Party.objects.visible_to(user).live()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("same_as") and not str(cleaned.get("name") or "").strip() and "name" not in self.errors:
            self.add_error("name", _("Who is it?"))
        return cleaned

    def person(self, *, by: User, project: Project, unit: Unit | None, **more: Any) -> Party:
        """The one on file, or a new file."""
        cleaned = self.cleaned_data
        if cleaned["same_as"]:
            party: Party = cleaned["same_as"]
            return party
        return create_party(by=by, name=cleaned["name"], phones=cleaned["phones"], project=project, unit=unit, **more)


class PlaceFields(forms.Form):
    """A project that the user serves, and perhaps one of its units."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))
    unit = UnitField(required=False, help_text=_("Like 2-1-301; empty: the whole project"))

    def offer_places(self, user: User) -> None:
        projects = Project.objects.visible_to(user)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].initial = projects.first()
        chosen = id_in(str(self.data.get(self.add_prefix("project"), "")))
        units = Unit.objects.visible_to(user)
        self.fields["unit"].units = (  # type: ignore[attr-defined]
            units.none() if chosen is None else units.filter(project=chosen)
        )


class ColleagueForm(forms.Form):
    """Who of the company asks it for service, and at which project (R-074)."""

    staff = forms.ModelChoiceField(StaffMember.objects.none(), label=_("colleague"))
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        projects = Project.objects.visible_to(user)
        self.fields["staff"].queryset = StaffMember.objects.employed().select_related("user", "department")  # type: ignore[attr-defined]
        self.fields["staff"].label_from_instance = lambda staff: f"{staff} · {staff.department}"  # type: ignore[attr-defined]
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]
        self.fields["project"].initial = projects.first()


class PartyForm(PlaceFields, PersonForm):
    kind = forms.ChoiceField(label=_("kind"), choices=PartyKind.choices, initial=PartyKind.PERSON)
    role = forms.ChoiceField(
        label=pgettext_lazy("of a customer", "role"), choices=GIVEN_ROLES, initial=RoleKind.CONTACT
    )
    since = DayField(label=_("since"))
    share = forms.DecimalField(
        label=_("ownership share"),
        required=False,
        min_value=Decimal("0.000001"),
        max_value=1,
        max_digits=7,
        decimal_places=6,
        help_text=_("Of owners: 1 is the whole, 0.5 is one half; empty: what is free"),
    )
    id_kind = forms.CharField(label=_("kind of identity document"), max_length=30, required=False)
    id_number = forms.CharField(label=_("identity number"), max_length=40, required=False)
    note = forms.CharField(label=_("note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ("same_as", "name", "phones", "kind", "role", "project", "unit", "since")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.offer_places(user)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        _check_place_of_owner(self)
        if cleaned.get("share") and cleaned.get("role") != RoleKind.OWNER:
            self.add_error("share", _("Only owners have a share."))
        return cleaned


class PartyEditForm(forms.Form):
    name = forms.CharField(label=_("name"), max_length=100)
    kind = forms.ChoiceField(label=_("kind"), choices=PartyKind.choices)
    form_of_address = forms.CharField(label=_("form of address"), max_length=40, required=False)
    id_kind = forms.CharField(label=_("kind of identity document"), max_length=30, required=False)
    id_number = forms.CharField(
        label=_("identity number"),
        max_length=40,
        required=False,
        help_text=_("What is on file is not shown; leave it empty to keep it."),
    )
    note = forms.CharField(label=_("note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def changes(self) -> dict[str, Any]:
        changes = dict(self.cleaned_data)
        if not changes["id_number"]:
            del changes["id_number"]
        return changes


class ContactPointForm(forms.Form):
    kind = forms.ChoiceField(label=_("kind"), choices=ContactKind.choices)
    value = forms.CharField(label=_("number or address"), max_length=200)
    label = forms.CharField(label=_("label"), max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "kind" in cleaned and "value" in cleaned:
            _check_contact(self, cleaned["kind"])
        return cleaned


class ContactPointEditForm(forms.Form):
    """A kept number is masked, so it is written anew or left."""

    value = forms.CharField(label=_("number or address"), max_length=200)
    label = forms.CharField(label=_("label"), max_length=40, required=False)

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind = kind

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "value" in cleaned:
            _check_contact(self, self.kind)
        return cleaned


class ConsentForm(forms.Form):
    purpose = forms.ChoiceField(label=_("purpose"), choices=ConsentPurpose.choices)
    text_version = forms.CharField(
        label=_("version of the text"), max_length=20, help_text=_("As printed below the text, e.g. 2026-1")
    )
    channel = forms.ChoiceField(
        label=_("how it was given"),
        choices=[
            ("paper", _("on paper")),
            ("phone", _("by phone")),
            ("counter", _("at the counter")),
            ("portal", _("online")),
        ],
    )
    is_for_child = forms.BooleanField(label=_("child under 14"), required=False)
    guardian = forms.ModelChoiceField(Party.objects.none(), label=_("guardian"), required=False)

    def __init__(self, *args: Any, guardians: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["guardian"].queryset = guardians  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_for_child") and not cleaned.get("guardian"):
            self.add_error("guardian", _("For a child under 14 the guardian agrees: say who."))
        return cleaned


class AttributeForm(forms.Form):
    kind = forms.ChoiceField(label=_("kind"), choices=ProfileKind.choices)
    value = forms.CharField(label=_("value"), max_length=100)
    source = forms.CharField(label=_("source"), max_length=100, help_text=_("Who said it, or where it was read"))


class RoleForm(PlaceFields):
    role = forms.ChoiceField(label=pgettext_lazy("of a customer", "role"), choices=GIVEN_ROLES)
    since = DayField(label=_("since"))
    relation = forms.CharField(label=_("relation"), max_length=30, required=False)

    field_order = ("role", "project", "unit")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer_places(user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        _check_place_of_owner(self)
        return cleaned


class EndForm(forms.Form):
    on = DayField(label=_("first day on which it does not hold any more"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


class HeadcountForm(forms.Form):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"))
    heads = forms.IntegerField(label=_("heads"), min_value=0, max_value=1_000_000)
    on = DayField(label=_("from"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]


def _check_place_of_owner(form: forms.Form) -> None:
    cleaned = form.cleaned_data
    if cleaned.get("role") == RoleKind.OWNER and not cleaned.get("unit") and "unit" not in form.errors:
        form.add_error("unit", _("An owner owns a unit: say which."))


def _check_contact(form: forms.Form, kind: str) -> None:
    """A number that cannot be read is wrong because of typing: said beside its field."""
    try:
        normalise_contact(kind, form.cleaned_data["value"])
    except Refused as refusal:
        form.add_error("value", str(refusal))
