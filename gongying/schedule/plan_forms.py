"""What somebody types to plan an event, and to keep the list of rooms and cars."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.edits import LARGEST_VERSION
from gongying.common.inputs import DayField, check_year
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.events.models import subject_key
from gongying.organization.models import StaffMember
from gongying.schedule.enums import Answer, EventKind, Scope
from gongying.schedule.models import CalendarEvent, Resource, team_of, thing_named
from gongying.schedule.operations import Plan, free_from, plan_of
from gongying.schedule.operations.event_plans import LONGEST_EVENT, MOST_PEOPLE
from gongying.schedule.recurrence import LONGEST_SERIES, MOST_YEARS, UnusableRule, rule_in, starts_of
from gongying.schedule.repeat_forms import RepeatForm, ScopeForm, as_chosen

USUAL_LENGTH = timedelta(hours=1)
MINUTE = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A minute that people choose."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local", "step": 300}, format=MINUTE)
        super().__init__(widget=widget, validators=[check_year], **options)


class EventForm(RepeatForm, ScopeForm):
    """What is planned, when, with whom. What it is linked to (a customer, a unit) comes along unseen."""

    title = forms.CharField(label=gettext_lazy("what it is about"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("kind"), choices=EventKind.choices)
    starts_at = MomentField(label=gettext_lazy("from"))
    ends_at = MomentField(label=gettext_lazy("until"))
    people = forms.ModelMultipleChoiceField(
        StaffMember.objects.none(), label=gettext_lazy("who takes part"), widget=forms.CheckboxSelectMultiple
    )
    resources = forms.ModelMultipleChoiceField(
        Resource.objects.none(),
        label=gettext_lazy("rooms and cars"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    location = forms.CharField(label=gettext_lazy("location"), max_length=200, required=False)
    note = forms.CharField(
        label=gettext_lazy("note"), max_length=4000, required=False, widget=forms.Textarea({"rows": 3})
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("private"),
        required=False,
        help_text=gettext_lazy("Colleagues who do not take part see only that you are busy."),
    )
    customer = forms.ModelChoiceField(Party.objects.none(), required=False, widget=forms.HiddenInput)
    unit = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        user: User,
        event: CalendarEvent | None = None,
        about: Model | None = None,
        **options: Any,
    ) -> None:
        self.event = event
        self.about = about if event is None else event.about(user)
        if event is not None:
            options["initial"] = {**_as_typed(plan_of(event)), **options.get("initial", {})}
        super().__init__(data, **options)
        self.order_fields(IN_ORDER)
        self.offer_scope(repeats=event is not None and event.series is not None)
        self.offer_repeats(self._rule_before)
        self._offer("people", _people_for(user, event))
        rooms = _resources_for(user, event)
        self._offer("resources", rooms)
        if not rooms.exists():
            self.fields["resources"].widget = forms.MultipleHiddenInput()
        self._offer("customer", Party.objects.visible_to(user))
        self._offer("unit", Unit.objects.visible_to(user))

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        start, end = given.get("starts_at"), given.get("ends_at")
        if start and end and end <= start:
            self.add_error("ends_at", _("The end lies before the beginning."))
        self._check_scope(given)
        if start and given.get("ends_on") and not self.errors and self._is_repeated_otherwise:
            self._check_rule(start)
        return given

    def _check_rule(self, start: datetime) -> None:
        latest = (timezone.localtime(start) + LONGEST_SERIES).date()
        if self.cleaned_data["ends_on"] > latest:
            words = {"years": MOST_YEARS, "day": f"{latest:%Y-%m-%d}"}
            self.add_error("ends_on", _("It repeats for %(years)s years at most: until %(day)s.") % words)
            return
        try:
            rule_of = rule_in(self._rule(), start=timezone.localtime(start))
            starts_of(rule_of, start, timezone.get_current_timezone())
        except UnusableRule as error:
            self.add_error("ends_on", str(error))

    @property
    def _rule_before(self) -> str:
        return self.event.series.rule if self.event and self.event.series else ""

    @property
    def _is_repeated_otherwise(self) -> bool:
        return not {"repeats", "interval", "weekdays", "ends_on"}.isdisjoint(self.changed_data)

    def _check_scope(self, given: dict[str, Any]) -> None:
        """How it repeats cannot change at one time alone."""
        if not self._rule_before or given.get("scope") != Scope.THIS or not given.get("starts_at"):
            return
        if self._is_repeated_otherwise:
            self.add_error("scope", _("How it repeats is changed for this and the following times, or for all."))

    def plan(self) -> Plan:
        """What the operations take."""
        given: dict[str, Any] = {name: self.cleaned_data[name] for name in PLANNED}
        given |= {"people": list(given["people"]), "resources": list(given["resources"])}
        if self.event is not None:
            given |= {"zone": self.event.zone, "about": self.event.about_key}
        elif self.about is not None:
            given["about"] = subject_key(self.about)
        return Plan(**given, rule=self._rule())

    def _rule(self) -> str:
        given = self.cleaned_data
        if self._rule_before and not self._is_repeated_otherwise:
            return self._rule_before
        return self.rule(given["starts_at"], before=self._rule_before)

    @property
    def links(self) -> str:
        """Whom and what it is linked to, in words."""
        linked = (*(self._linked(name) for name in ("customer", "unit")), self.about)
        return " \u00b7 ".join(str(row) for row in linked if row is not None)

    def _linked(self, name: str) -> Party | Unit | None:
        field: Any = self.fields[name]
        try:
            row: Party | Unit | None = field.clean(self[name].value())
        except ValidationError:
            return None
        return row


IN_ORDER = ("title", "kind", "starts_at", "ends_at", "scope", "repeats", "interval", "weekdays", "ends_on", "people")
PLANNED = (
    "title",
    "kind",
    "starts_at",
    "ends_at",
    "people",
    "resources",
    "location",
    "note",
    "is_private",
    "customer",
    "unit",
)


class ClashAnswerForm(forms.Form):
    """What somebody says to a clash: another time, or all the same."""

    move_to = forms.DateTimeField(required=False, validators=[check_year])
    despite_clashes = forms.BooleanField(required=False)

    def moved(self, plan: Plan) -> Plan:
        start = self.cleaned_data.get("move_to")
        return replace(plan, starts_at=start, ends_at=start + (plan.ends_at - plan.starts_at)) if start else plan


class CancelForm(ScopeForm):
    reason = forms.CharField(label=gettext_lazy("reason"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, event: CalendarEvent) -> None:
        super().__init__(data)
        self.offer_scope(repeats=event.series is not None)


class AnswerForm(ScopeForm):
    answer = forms.ChoiceField(choices=[choice for choice in Answer.choices if choice[0] != Answer.NONE])


class ResourceForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Resource
        fields = ["kind", "name", "project", "seats", "is_retired"]

    def __init__(self, *args: Any, projects: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["project"]
        field.queryset, field.empty_label = projects, _("the whole company")


class OneDayForm(forms.Form):
    """Which day the team's pages show, and the month of which day one's own."""

    day = DayField(required=False)


class BusyForm(forms.Form):
    """For whom and when somebody is about to plan."""

    people = forms.ModelMultipleChoiceField(StaffMember.objects.none())
    resources = forms.ModelMultipleChoiceField(Resource.objects.none(), required=False)
    starts_at = forms.DateTimeField(validators=[check_year])
    ends_at = forms.DateTimeField(validators=[check_year])
    event = forms.ModelChoiceField(CalendarEvent.objects.none(), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        offered = {"people": team_of(user).select_related("user"), "resources": Resource.objects.visible_to(user)}
        offered["event"] = CalendarEvent.objects.visible_to(user)
        for name, rows in offered.items():
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        start, end = given.get("starts_at"), given.get("ends_at")
        if start and end and not start < end <= start + LONGEST_EVENT:
            self.add_error("ends_at", _("The end lies before the beginning."))
        if len(given.get("people") or []) > MOST_PEOPLE:
            self.add_error("people", _("At most %(n)s people take part.") % {"n": MOST_PEOPLE})
        return given


class SinceForm(forms.Form):
    """From which day on the agenda shows."""

    since = DayField(required=False)


class NewEventForm(forms.Form):
    """What the address says of an event that is to be planned: as one clicks or drags in a calendar. What is wrong is left out."""

    start = forms.DateTimeField(required=False, input_formats=[MINUTE], validators=[check_year])
    end = forms.DateTimeField(required=False, input_formats=[MINUTE], validators=[check_year])
    staff = forms.ModelChoiceField(StaffMember.objects.none(), required=False)
    customer = forms.ModelChoiceField(Party.objects.none(), required=False)
    unit = forms.ModelChoiceField(Unit.objects.none(), required=False)
    about = forms.CharField(required=False)
    seen = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_VERSION)
    back = forms.BooleanField(required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        rows = {"staff": team_of(user), "customer": Party.objects.visible_to(user)}
        rows["unit"] = Unit.objects.visible_to(user)
        for name, offered in rows.items():
            self.fields[name].queryset = offered  # type: ignore[attr-defined]
        self.is_valid()

    def about_thing(self) -> Model | None:
        """A request or a visit, if she sees it."""
        thing: Model | None = thing_named(self.cleaned_data.get("about") or "", self.user)
        return thing

    def times(self, length: timedelta = USUAL_LENGTH) -> dict[str, datetime]:
        """Those that the address names."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        named = {"starts_at": start, "ends_at": end or (start and start + length)}
        return {name: moment for name, moment in named.items() if moment}

    def first_values(self) -> dict[str, Any]:
        """Where nothing is said the next hour of work in which they are free: herself, and whose row it was."""
        given = self.cleaned_data
        own = getattr(self.user, "staff", None)
        people = {staff for staff in (own, given.get("staff")) if staff is not None}
        return {
            **(self.times() or next_free(people)),
            "people": sorted(staff.pk for staff in people),
            "customer": given.get("customer"),
            "unit": given.get("unit"),
        }


def next_free(people: Iterable[StaffMember], length: timedelta = USUAL_LENGTH) -> dict[str, datetime]:
    """The next time of work, from the full hour on, in which they are free."""
    full = timezone.localtime().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    start = free_from(people, (), full, full + length) or full
    return {"starts_at": start, "ends_at": start + length}


def _as_typed(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title,
        "kind": plan.kind,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
        "people": [staff.pk for staff in plan.people],
        "resources": [resource.pk for resource in plan.resources],
        "location": plan.location,
        "note": plan.note,
        "is_private": plan.is_private,
        "customer": plan.customer and plan.customer.pk,
        "unit": plan.unit and plan.unit.pk,
        **as_chosen(plan.rule, plan.starts_at),
    }


def _people_for(user: User, event: CalendarEvent | None) -> Any:
    """Her team, and who takes part already though he serves elsewhere now."""
    offered = Q(pk__in=team_of(user).values("pk"))
    if event is not None:
        offered |= Q(attendances__event=event)
    return StaffMember.objects.filter(offered).select_related("user").order_by("user__name", "pk").distinct()


def _resources_for(user: User, event: CalendarEvent | None) -> Any:
    rows = Resource.objects.visible_to(user)
    offered = Q(pk__in=rows.in_use().values("pk"))
    if event is not None:
        offered |= Q(bookings__event=event)
    return Resource.objects.filter(offered).distinct()
