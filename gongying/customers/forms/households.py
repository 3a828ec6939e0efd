from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.customers.enums import ContactPurpose, OccupancyKind, PartyKind, RoleKind, WarningKind
from gongying.customers.forms.fields import DayField, PhonesField, PlateField
from gongying.customers.forms.people import PersonForm
from gongying.customers.models import ContactPoint, Occupancy, Party
from gongying.customers.models.warnings import LONGEST_WARNING
from gongying.customers.operations import Member, create_party
from gongying.customers.operations.warnings import MOST_DAYS, USUAL_DAYS
from gongying.customers.written_people import WrittenPerson, read_people
from gongying.estates.enums import UnitUse
from gongying.estates.models import ParkingSpace, Unit

MEMBER_ROLES = [
    choice for choice in RoleKind.choices if choice[0] in (RoleKind.FAMILY, RoleKind.USER, RoleKind.CONTACT)
]
OWNERS = 3
MOST_MEMBERS = 12
LONGEST_NAME = 100
LONGEST_RELATION = 30
# Shown only while "leased" is chosen (gongying.css).
LEASE = {"data-lease": ""}


class MoveForm(PersonForm):
    """One household out, the next one in, on one day (scenario A-10)."""

    on = DayField(
        label=_("day of the move"), help_text=_("The first day of the new household, and the first without the old one")
    )
    kind = forms.ChoiceField(label=_("lives here as"), choices=OccupancyKind.choices)
    members = forms.CharField(
        label=_("further people"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One per line: name, relation, number"),
    )
    party_kind = forms.ChoiceField(label=_("person or company"), choices=PartyKind.choices, initial=PartyKind.PERSON)
    is_shared = forms.BooleanField(label=_("shared flat"), required=False)
    lease_until = DayField(
        label=_("last day of the lease"),
        required=False,
        initial=None,
        help_text=_("Empty: no end agreed"),
        widget=forms.DateInput({"type": "date", **LEASE}, format="%Y-%m-%d"),
    )
    leased_area_m2 = forms.DecimalField(
        label=_("leased area (m²)"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        widget=forms.NumberInput(LEASE),
    )
    heads = forms.IntegerField(label=_("heads"), required=False, min_value=0, max_value=1_000_000)
    balance_decision = forms.CharField(label=_("what was agreed about the balance"), required=False, max_length=200)

    field_order = (
        "same_as",
        "leaving",
        "on",
        "kind",
        "lease_until",
        "leased_area_m2",
        "heads",
        "name",
        "phones",
        "members",
    )

    def __init__(self, *args: Any, unit: Unit, owed: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        present = Occupancy.objects.filter(unit=unit).lasting().select_related("head").order_by("pk")
        self.fields["leaving"] = forms.ModelChoiceField(
            present, label=_("who moves out"), required=False, initial=present.first(), empty_label=_("nobody")
        )
        self.fields["leaving"].label_from_instance = lambda spell: str(spell.head or spell)  # type: ignore[attr-defined]
        if not present:
            del self.fields["leaving"]
        if not present or owed is None:
            del self.fields["balance_decision"]
        else:
            self.fields["balance_decision"].help_text = _("Owed: ¥%(amount)s as of %(day)s") % {
                "amount": owed.amount,
                "day": owed.as_of,
            }
        if unit.use == UnitUse.RESIDENCE:  # who lives in a home is known by name, and a home is let as a whole
            del self.fields["heads"], self.fields["leased_area_m2"]
        else:
            self.fields["kind"].initial = OccupancyKind.LEASED
            self.fields["party_kind"].initial = PartyKind.COMPANY
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        until, on = cleaned.get("lease_until"), cleaned.get("on")
        if cleaned.get("kind") != OccupancyKind.LEASED:  # typed before another choice hid them
            cleaned |= {"lease_until": None, "leased_area_m2": None}
        elif until and on and until < on:
            self.add_error("lease_until", _("The end must be after the beginning."))
        return cleaned

    def lease(self) -> dict[str, Any]:
        """What a tenant agreed on; the register keeps the first day after it."""
        cleaned = self.cleaned_data
        until = cleaned["lease_until"]
        return {
            "until": until + timedelta(days=1) if until else None,
            "leased_area_m2": cleaned.get("leased_area_m2"),
            "heads": cleaned.get("heads"),
        }

    def clean_members(self) -> list[WrittenPerson]:
        people = [person for line in self.cleaned_data["members"].splitlines() for person in read_people(line)]
        if len(people) > MOST_MEMBERS:
            raise ValidationError(_("At most %(count)s people at once.") % {"count": MOST_MEMBERS})
        for person in people:
            if not person.name:
                raise ValidationError(_("Each of them needs a name."))
            _check_lengths(person)
            _check_phones(person)
        return people

    def seated(self, unit: Unit, *, by: User) -> list[Member]:
        """The further people, each with a file."""
        return [
            Member(
                create_party(
                    by=by,
                    name=person.name,
                    phones=person.phones,
                    project=unit.project,
                    unit=unit,
                    role=None,
                ),
                RoleKind.FAMILY,
                person.relation,
            )
            for person in self.cleaned_data["members"]
        ]


class MoveOutForm(forms.Form):
    on = DayField(label=_("first day without them"))
    balance_decision = forms.CharField(label=_("what was agreed about the balance"), required=False, max_length=200)

    def __init__(self, *args: Any, owed: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if owed is None:
            del self.fields["balance_decision"]


class MemberForm(PersonForm):
    role = forms.ChoiceField(
        label=pgettext_lazy("of a customer", "role"), choices=MEMBER_ROLES, initial=RoleKind.FAMILY
    )
    relation = forms.CharField(
        label=_("relation"), max_length=30, required=False, help_text=_("To the head of household")
    )
    since = DayField(label=_("since"))


class TransferForm(forms.Form):
    """Title transfer to up to three new owners; each is on file already (same name and number) or gets a file."""

    on = DayField(label=_("from"))
    evidence = forms.CharField(
        label=_("evidence"), max_length=200, required=False, help_text=_("Contract or certificate number")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, OWNERS + 1):
            first = number == 1
            numbered = {"number": number}
            self.fields[f"name_{number}"] = forms.CharField(
                label=_("owner %(number)s") % numbered, max_length=100, required=first
            )
            self.fields[f"phones_{number}"] = PhonesField(
                label=_("phone of owner %(number)s") % numbered, required=False
            )
            self.fields[f"share_{number}"] = forms.DecimalField(
                label=_("share of owner %(number)s") % numbered,
                min_value=Decimal("0.000001"),
                max_value=1,
                max_digits=7,
                decimal_places=6,
                required=first,
                initial=1 if first else None,
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        total = Decimal(0)
        for number in range(1, OWNERS + 1):
            name, share = cleaned.get(f"name_{number}"), cleaned.get(f"share_{number}")
            if name and share is None and f"share_{number}" not in self.errors:
                self.add_error(f"share_{number}", _("Which share?"))
            if share is not None and not name and f"name_{number}" not in self.errors:
                self.add_error(f"name_{number}", _("Who is it?"))
            total += share or 0
        if not self.errors and total != 1:
            self.add_error("share_1", _("The new shares must add up to the whole."))
        return cleaned

    def owners(self, unit: Unit, *, by: User) -> list[tuple[Party, Decimal]]:
        return [
            (self._owner(unit, number, by=by), self.cleaned_data[f"share_{number}"])
            for number in range(1, OWNERS + 1)
            if self.cleaned_data[f"name_{number}"]
        ]

    def _owner(self, unit: Unit, number: int, *, by: User) -> Party:
        name, phones = self.cleaned_data[f"name_{number}"], self.cleaned_data[f"phones_{number}"]
        known = ContactPoint.objects.filter(value__in=phones).values("party")
        on_file = Party.objects.visible_to(by).live().filter(name=name, pk__in=known).first()
        return on_file or create_party(
            by=by,
            name=name,
            phones=phones,
            project=unit.project,
            unit=unit,
            role=None,
        )


class WarningForm(forms.Form):
    kind = forms.ChoiceField(label=_("what to mind"), choices=WarningKind.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label=_("in a few words"),
        max_length=LONGEST_WARNING,
        required=False,
        help_text=_("Nothing about health, and no names: whoever has a job there reads it."),
    )
    last_day = DayField(label=_("until"), help_text=_("Half a year where nothing else is known; a year at most."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["last_day"].initial = timezone.localdate() + timedelta(days=USUAL_DAYS)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == WarningKind.OTHER and not (cleaned.get("note") or "").strip():
            self.add_error("note", _("Say in a few words what to mind."))
        today, last_day = timezone.localdate(), cleaned.get("last_day")
        if last_day is not None and not today <= last_day <= today + timedelta(days=MOST_DAYS):
            self.add_error("last_day", _("A warning holds from today on, for a year at most."))
        return cleaned


class VehicleForm(forms.Form):
    plate = PlateField()
    party = forms.ModelChoiceField(Party.objects.none(), label=_("keeper"))
    parking_space = forms.ModelChoiceField(ParkingSpace.objects.none(), label=_("parking space"), required=False)
    description = forms.CharField(label=_("description"), max_length=60, required=False, help_text=_("Colour and make"))
    since = DayField(label=_("since"))

    def __init__(self, *args: Any, people: Any, spaces: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["party"].queryset = people  # type: ignore[attr-defined]
        self.fields["party"].initial = people.first()
        self.fields["parking_space"].queryset = spaces  # type: ignore[attr-defined]


class VehicleEditForm(forms.Form):
    parking_space = forms.ModelChoiceField(ParkingSpace.objects.none(), label=_("parking space"), required=False)
    description = forms.CharField(label=_("description"), max_length=60, required=False)

    def __init__(self, *args: Any, spaces: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["parking_space"].queryset = spaces  # type: ignore[attr-defined]


class ChoicesForm(forms.Form):
    """Who of a household is called for what (R-047); empty: the head."""

    def __init__(self, *args: Any, points: Any, label_of: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for purpose, label in ContactPurpose.choices:
            field = forms.ModelChoiceField(points, label=label, required=False, empty_label=_("the head of household"))
            field.label_from_instance = label_of  # type: ignore[method-assign]
            self.fields[purpose] = field


def _check_lengths(person: WrittenPerson) -> None:
    for text, longest in ((person.name, LONGEST_NAME), (person.relation, LONGEST_RELATION)):
        if len(text) > longest:
            raise ValidationError(_("“%(name)s…” is too long.") % {"name": text[:20]})


def _check_phones(person: WrittenPerson) -> None:
    try:
        for phone in person.phones:
            normalise_phone(phone)
    except UnreadablePhone as error:
        raise ValidationError(f"{person.name}: {error}") from error
