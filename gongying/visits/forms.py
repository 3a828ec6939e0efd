"""What somebody types to plan, make and record visits."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import DayField, check_year
from gongying.common.selects import Select
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Unit
from gongying.estates.scopes import visible_territories
from gongying.files.forms import PhotosField
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.models import Territory
from gongying.schedule.models import team_of
from gongying.servicedesk.enums import RequestKind
from gongying.visits.coverage import WHICH
from gongying.visits.enums import VisitReason
from gongying.visits.models import HomeVisit
from gongying.visits.models.visits import LONGEST_NEED, LONGEST_SUBJECT, LONGEST_WORDS
from gongying.visits.operations import NewNeed, NewPromise
from gongying.visits.operations.plans import MOST_AT_ONCE, after_planned

MINUTE = "%Y-%m-%dT%H:%M"
AFTERNOON = time(14)
# What is heard at a door is one of these; a violation is found, not told.
NEED_KINDS = [choice for choice in RequestKind.choices if choice[0] not in (RequestKind.VIOLATION, RequestKind.COMMENT)]


class MomentField(forms.DateTimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local", "step": 300}, format=MINUTE)
        super().__init__(widget=widget, validators=[check_year], **options)


class ComingField(MomentField):
    """A minute that is still to come."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("Choose a time that is still to come."), code="past")
        return moment


class StewardField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody of the team."""

    def __init__(self) -> None:
        super().__init__(User.objects.none(), label=gettext_lazy("who goes"), widget=Select, empty_label=None)

    def offer(self, user: User) -> None:
        self.queryset = (User.objects.filter(staff__in=team_of(user)) | User.objects.filter(pk=user.pk)).distinct()
        self.initial = user.pk


class PlanForm(forms.Form):
    """A visit to one household; the household comes along in the address."""

    planned_for = ComingField(label=gettext_lazy("planned for"))
    reason = forms.ChoiceField(label=pgettext_lazy("of a home visit", "occasion"), choices=VisitReason.choices)
    subject = forms.CharField(label=gettext_lazy("what to talk about"), max_length=LONGEST_SUBJECT, required=False)
    party = forms.ModelChoiceField(
        Party.objects.none(),
        label=gettext_lazy("whom to see"),
        required=False,
        empty_label=gettext_lazy("whoever is home"),
    )
    steward = StewardField()

    def __init__(self, data: Any = None, *, user: User, unit: Unit) -> None:
        super().__init__(data, initial={"planned_for": next_afternoon(), "reason": VisitReason.ROUTINE})
        fields: Any = self.fields
        fields["party"].queryset = people_of(unit, user)
        fields["steward"].offer(user)


class AfternoonForm(forms.Form):
    """Which of the proposed households, from when on."""

    units = forms.ModelMultipleChoiceField(
        Unit.objects.none(),
        label=gettext_lazy("Households"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one household.")},
    )
    starts_at = ComingField(label=gettext_lazy("from"))

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, initial={"starts_at": after_planned(next_afternoon(), of=user)})
        self.fields["units"].queryset = Unit.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean_units(self) -> list[Unit]:
        units = list(self.cleaned_data["units"])
        if len(units) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(n)s households at once.") % {"n": MOST_AT_ONCE}, code="many")
        return units


class TimeForm(forms.Form):
    planned_for = ComingField(label=gettext_lazy("planned for"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=LONGEST_WORDS)


class DeclineForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("why it becomes no request"), max_length=LONGEST_WORDS)


class RecordForm(forms.Form):
    """Five fields, of which time and place are known; a need and a promise in the same form."""

    matter = forms.CharField(
        label=gettext_lazy("What was talked about"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3, "autofocus": True}),
    )
    result = forms.CharField(label=gettext_lazy("Result"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 2}))
    party = forms.ModelChoiceField(
        Party.objects.none(),
        label=gettext_lazy("Who was met"),
        required=False,
        empty_label=gettext_lazy("somebody else"),
    )
    persons = forms.CharField(label=gettext_lazy("Name, and who else"), max_length=100, required=False)
    need = forms.CharField(
        label=gettext_lazy("What they need"),
        max_length=LONGEST_NEED,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Becomes a request at once; its category follows the words."),
    )
    need_kind = forms.ChoiceField(
        label=pgettext_lazy("of a need", "kind"), choices=NEED_KINDS, initial=RequestKind.REPAIR, required=False
    )
    promise = forms.CharField(label=gettext_lazy("What I promised"), max_length=500, required=False)
    promise_at = MomentField(label=gettext_lazy("promised for"), required=False)
    photos = PhotosField(label=gettext_lazy("Photos"))

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, unit: Unit, party: Party | None = None
    ) -> None:
        people = people_of(unit, user)
        met = party or only_one(people)
        super().__init__(data, files, initial={"party": met and met.pk})
        fields: Any = self.fields
        fields["party"].queryset = people

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if "party" in given and "persons" in given and not given["party"] and not given["persons"]:
            self.add_error("persons", _("Say who was met."))
        promise_at = given.get("promise_at")
        if given.get("promise") and "promise_at" in given and promise_at is None:
            self.add_error("promise_at", _("Say by when it is promised."))
        if promise_at is not None and promise_at <= timezone.now():
            self.add_error("promise_at", _("A promise needs a time that is still to come."))
        if promise_at is not None and "promise" in given and not given["promise"]:
            self.add_error("promise", _("Say what was promised."))
        return given

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        need, promise = given["need"].strip(), given["promise"].strip()
        return {
            "matter": given["matter"],
            "result": given["result"],
            "party": given["party"],
            "persons": given["persons"],
            "needs": [NewNeed(need, given["need_kind"] or RequestKind.REPAIR)] if need else [],
            "promises": [NewPromise(promise, given["promise_at"])] if promise else [],
        }


class LogForm(RecordForm):
    """A visit on a round, entered afterwards."""

    at = MomentField(
        label=pgettext_lazy("of a home visit", "when"), required=False, help_text=gettext_lazy("Empty: now")
    )
    field_order = ("at",)

    def clean_at(self) -> datetime | None:
        at: datetime | None = self.cleaned_data["at"]
        if at is not None and at > timezone.now():
            raise ValidationError(_("It cannot have happened in the future."), code="future")
        return at

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "at": self.cleaned_data["at"]}


class ListForm(forms.Form):
    """The filters of the list and of the route. What is wrong in an address is left out."""

    day = DayField(required=False)
    steward = forms.ModelChoiceField(User.objects.none(), required=False, empty_label=gettext_lazy("everybody"))

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        going = HomeVisit.objects.visible_to(user).order_by().values("steward")
        self.fields["steward"].queryset = User.objects.filter(pk__in=going).order_by("name", "pk")  # type: ignore[attr-defined]
        self.is_valid()


class TerritoryForm(forms.Form):
    """Which territory, and which of its households."""

    territory = forms.ModelChoiceField(Territory.objects.none(), required=False, empty_label=gettext_lazy("all"))
    which = forms.ChoiceField(choices=[(each, each) for each in WHICH], required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.fields["territory"].queryset = visible_territories(user).order_by("name", "pk")  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def territory_asked(self) -> Territory | None:
        found: Territory | None = self.cleaned_data.get("territory")
        return found

    @property
    def which_asked(self) -> str:
        return self.cleaned_data.get("which") or "all"


def people_of(unit: Unit, user: User) -> Any:
    """Who lives there or owns it, as far as one sees them."""
    roles = PartyRole.objects.current().filter(unit=unit)
    return Party.objects.visible_to(user).filter(pk__in=roles.values("party")).order_by("name", "pk")


def only_one(people: Any) -> Party | None:
    """Of a home with one person it is she who opens, unless somebody else is chosen."""
    found = list(people[:2])
    return found[0] if len(found) == 1 else None


def next_afternoon() -> datetime:
    now = timezone.localtime()
    day = now.date() if now.time() < AFTERNOON else now.date() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, AFTERNOON))
