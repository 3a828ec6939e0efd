import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.common.inputs import id_in
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.common.places import Place
from gongying.common.statements import statement_of
from gongying.customers.models import Party
from gongying.estates.models import Building, Unit
from gongying.files.forms import PhotosField, PhotosInput
from gongying.interactions.enums import Channel, PromiseKind
from gongying.interactions.models import LONGEST_TEXT, LONGEST_VENUE, ContactReason
from gongying.interactions.operations import LATE_WITHOUT_REASON
from gongying.organization.access import staff_of
from gongying.organization.models import StaffMember
from gongying.servicedesk.entry_places import EntryPlace, Speaker
from gongying.servicedesk.entry_times import Slot, last_night, next_slots, promise_time, read_slot, this_morning
from gongying.servicedesk.enums import Payer, RequestKind, Urgency
from gongying.servicedesk.forms.catalogue import ItemField
from gongying.servicedesk.forms.entry_parts import (
    Action,
    MomentField,
    When,
    answerers_at,
    jobs_in_unit,
    named_answerers,
)
from gongying.servicedesk.forms.price_agreements import AgreedAmountField, check_agreement
from gongying.servicedesk.forms.steps import PersonChoiceField
from gongying.servicedesk.models import ServiceCategory, WorkOrder
from gongying.servicedesk.named_prices import NamedPrice, listed_price_of, show_prices
from gongying.servicedesk.operations.registration import NO_ILLEGAL_ACT
from gongying.servicedesk.routing import supervisor_for
from gongying.servicedesk.suggestions import fallback_category, offered_categories, suggest_categories

# As the desk says them; the others are offered where the entry was opened with one of them.
DESK_CHANNELS = ("phone", "counter", "wechat", "owners_group", "home_visit", "letter")
DESK_KINDS = ("repair", "complaint", "enquiry", "suggestion", "praise", "help", "service", "violation")
CUSTOM = "custom"
LATELY = timedelta(days=30)


class EntryForm(forms.Form):
    """One touch and what comes of it. What can be derived is derived and never stops a save (spec decision 14)."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices)
    text = forms.CharField(
        label=gettext_lazy("What is it about?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "autofocus": True, "data-entry-text": ""}),
        error_messages={"required": gettext_lazy("Write what it is about.")},
    )
    result = forms.CharField(label=gettext_lazy("Answer given"), max_length=LONGEST_TEXT, required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=RequestKind.choices, required=False)
    category = forms.IntegerField(required=False, label=gettext_lazy("Category"))
    reason = forms.ModelChoiceField(ContactReason.objects.in_use(), required=False)
    urgency = forms.ChoiceField(
        label=gettext_lazy("Urgency"), choices=[("", gettext_lazy("by category")), *Urgency.choices], required=False
    )
    payer = forms.ChoiceField(
        label=gettext_lazy("Paid by"), choices=[("", gettext_lazy("by category")), *Payer.choices], required=False
    )
    price_agreed = forms.BooleanField(label=gettext_lazy("Customer agreed to the price"), required=False)
    agreed_amount = AgreedAmountField()
    item = ItemField(label=gettext_lazy("From the price list"), required=False, empty_label=gettext_lazy("none"))
    window = forms.CharField(required=False, label=pgettext_lazy("of a request", "Visit"))
    window_from = MomentField(label=gettext_lazy("from"))
    window_to = MomentField(label=gettext_lazy("until"))
    party = forms.IntegerField(required=False, label=gettext_lazy("Who speaks"))
    person_name = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    person_phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    save_contact = forms.BooleanField(label=gettext_lazy("Keep as a contact"), required=False)
    is_anonymous = forms.BooleanField(label=gettext_lazy("Wants to stay anonymous"), required=False)
    requested_remedy = forms.CharField(label=gettext_lazy("What the customer wants"), max_length=2000, required=False)
    about = forms.ModelChoiceField(
        label=gettext_lazy("About this job"),
        queryset=WorkOrder.objects.none(),
        required=False,
        empty_label=gettext_lazy("none of them"),
    )
    photos = PhotosField(label=gettext_lazy("Photos"), widget=PhotosInput(attrs={"data-paste": ""}))
    when = forms.ChoiceField(
        choices=[
            (When.NOW, gettext_lazy("just now")),
            (When.LAST_NIGHT, gettext_lazy("last night")),
            (When.THIS_MORNING, gettext_lazy("this morning")),
            (When.AT, gettext_lazy("at…")),
        ],
        required=False,
        label=gettext_lazy("When it happened"),
    )
    occurred_at = MomentField(label=gettext_lazy("At"))
    late_reason = forms.CharField(label=gettext_lazy("Why entered so late"), max_length=200, required=False)
    promise_at = MomentField(label=gettext_lazy("Answer by"))
    promise_kind = forms.ChoiceField(
        label=gettext_lazy("Who answers"), choices=PromiseKind.choices, required=False, widget=forms.RadioSelect
    )
    answerer = PersonChoiceField(StaffMember.objects.none(), label=gettext_lazy("Person"), required=False)
    venue = forms.CharField(label=gettext_lazy("Meeting place"), max_length=LONGEST_VENUE, required=False)
    unit_code = forms.CharField(label=gettext_lazy("Unit"), max_length=60, required=False)
    building = forms.ModelChoiceField(
        label=gettext_lazy("Building"),
        queryset=Building.objects.none(),
        required=False,
        empty_label=gettext_lazy("whole project"),
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, place: EntryPlace, now: datetime, opened: Mapping[str, Any]
    ) -> None:
        """`opened` says how the entry was opened: kind, channel, text, phone, name."""
        self.place, self.now, self.opened = place, now, opened
        super().__init__(data, files, initial=self._first_values())
        items: Any = self.fields["item"]
        items.offer(place.project)
        if place.unit is None or self.is_bound:
            buildings: Any = self.fields["building"]
            buildings.queryset = Building.objects.visible_to(place.user).filter(project=place.project)
        self._offer("about", self._recent_jobs, [(job.pk, str(job)) for job in self.recent_jobs])
        self._offer("answerer", lambda: answerers_at(self._here), named_answerers(self.fields["answerer"], self._here))

    def _offer(self, name: str, rows: Callable[[], Any], named: list[tuple[int, str]]) -> None:
        """What was sent is looked up in `rows`; what is offered was read before."""
        field: Any = self.fields[name]
        if self.is_bound:
            field.queryset = rows()
        field.choices = [("", field.empty_label), *named]

    # What the template offers -------------------------------------------------------------------------------------

    @cached_property
    def speakers(self) -> list[Speaker]:
        return self.place.speakers

    @cached_property
    def categories(self) -> list[ServiceCategory]:
        items: Any = self.fields["item"]
        return show_prices(offered_categories(self.place.project), items.prices.values())

    @property
    def named_prices(self) -> tuple[Any, ...]:
        """What tells the categories offered here from those of another project."""
        return self.place.project.kind, *((one.pk, one.price_line) for one in self.categories if one.price_line)

    @cached_property
    def slots(self) -> list[Slot]:
        return next_slots(self.now)

    @cached_property
    def suggested(self) -> list[ServiceCategory]:
        return suggest_categories(str(self["text"].value() or ""), self.categories)

    @property
    def chosen_category(self) -> int | None:
        return id_in(str(self["category"].value() or ""))

    @property
    def channels(self) -> list[tuple[str, str]]:
        shown = {*DESK_CHANNELS, str(self["channel"].value())}
        return [(value, str(label)) for value, label in Channel.choices if value in shown]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        labels = dict(RequestKind.choices)
        return [(kind, str(labels[RequestKind(kind)])) for kind in DESK_KINDS]

    @property
    def opens_as_request(self) -> bool:
        """Opened for a repair or a complaint: the request's part stands open, and its button is the filled one."""
        return bool(self.opened.get("kind")) or bool(self.data.get("action") == Action.REQUEST)

    @property
    def price_line(self) -> str:
        """To read out, while nobody has chosen another category; afterwards the page itself follows (entry.js)."""
        chosen = self.chosen_category or (self.suggested[0].pk if self.suggested else None)
        return next((category.price_line for category in self.categories if category.pk == chosen), "")

    @property
    def is_complaint(self) -> bool:
        return str(self["kind"].value()) == RequestKind.COMPLAINT

    def _first_values(self) -> dict[str, Any]:
        opened = self.opened
        kind = opened.get("kind") if opened.get("kind") in RequestKind.values else RequestKind.REPAIR
        speakers = self.speakers
        party = self.place.party or (speakers[0].party if speakers and not opened.get("phone") else None)
        slots = self.slots if kind == RequestKind.REPAIR and self.place.unit else []
        return {
            "token": opened.get("token") or uuid.uuid4(),
            "channel": opened.get("channel") if opened.get("channel") in Channel.values else Channel.PHONE,
            "text": opened.get("text", "")[:LONGEST_TEXT],
            "kind": kind,
            "party": party.pk if party else None,
            "person_name": opened.get("name", "")[:100],
            "person_phone": opened.get("phone", "")[:40],
            "save_contact": bool(opened.get("phone") or opened.get("name")),
            "when": When.NOW,
            "promise_at": promise_time(self.now),
            "promise_kind": PromiseKind.SENIOR,
            "answerer": self.senior,
            "window": slots[0].value if slots else "",
        }

    @property
    def _here(self) -> Place:
        return self.place.unit.place if self.place.unit else self.place.project.place

    @property
    def senior(self) -> StaffMember | None:
        """Who decides when the front line cannot: offered beforehand."""
        lead = supervisor_for(self._here)
        return staff_of(lead) if lead is not None and lead != self.place.user else None

    @cached_property
    def recent_jobs(self) -> list[WorkOrder]:
        """Of this unit: a complaint may be about one of them."""
        if self.place.unit is None:
            return []
        user = self.place.user
        jobs = statement_of(
            user, "jobs in a unit", lambda unit, since: jobs_in_unit(user, unit, since), unit=int, since=datetime
        )
        return jobs.rows(unit=self.place.unit.pk, since=self.now - LATELY)

    def _recent_jobs(self) -> Any:
        unit = self.place.unit
        return WorkOrder.objects.none() if unit is None else jobs_in_unit(self.place.user, unit.pk, self.now - LATELY)

    # What was sent ------------------------------------------------------------------------------------------------

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"].strip()
        return text

    def clean_category(self) -> ServiceCategory | None:
        pk = self.cleaned_data["category"]
        if pk is None:
            return None
        found = next((category for category in self.categories if category.pk == pk), None)
        if found is None:
            raise ValidationError(_("Choose one of the last level of the categories."))
        return found

    def clean_party(self) -> Party | None:
        pk = self.cleaned_data["party"]
        if pk is None:
            return None
        found = next((speaker.party for speaker in self.speakers if speaker.party.pk == pk), None)
        if found is None:
            raise ValidationError(_("This person does not belong to the household."))
        return found

    def clean_person_phone(self) -> str:
        typed: str = self.cleaned_data["person_phone"].strip()
        if not typed:
            return ""
        try:
            return normalise_phone(typed).value
        except UnreadablePhone as error:
            raise ValidationError(str(error)) from error

    def clean_unit_code(self) -> Unit | None:
        typed = self.cleaned_data["unit_code"].strip()
        if not typed:
            return self.place.unit
        digits = "".join(character for character in typed if character.isdigit())
        rows = Unit.objects.visible_to(self.place.user).filter(project=self.place.project)
        found = list(rows.filter(Q(code__iexact=typed) | Q(digits=digits or "-")).select_related("project")[:2])
        exact: list[Unit] = [unit for unit in found if unit.code.lower() == typed.lower()] or found
        if len(exact) != 1:
            raise ValidationError(_("No unit is called so in this project, or more than one is."))
        return exact[0]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["window"] = self._window(cleaned)
        cleaned["occurred_at"] = self._occurred_at(cleaned)
        if self.data.get("action") == Action.LATER and not (cleaned.get("promise_at") or "promise_at" in self.errors):
            cleaned["promise_at"] = promise_time(self.now)
        if self.data.get("action") == Action.LATER:
            self._check_promise(cleaned)
        if self.data.get("action") == Action.REQUEST:
            self._check_request(cleaned)
        return cleaned

    def _check_request(self, cleaned: Mapping[str, Any]) -> None:
        if cleaned.get("kind") == RequestKind.VIOLATION:
            self._check_illegal_act(cleaned)
        if not self.errors:
            self._check_price(cleaned)

    def _check_price(self, cleaned: Mapping[str, Any]) -> None:
        """Where the owner pays; elsewhere the tick is not even shown."""
        item, category = cleaned.get("item"), self.category_or_derived
        if item is not None:
            named: NamedPrice | None = NamedPrice(str(item), Decimal(0))  # what it costs is quoted with the order
        elif category is not None and (cleaned.get("payer") or category.payer) == Payer.OWNER:
            named = listed_price_of(category.pk, self.place.project.pk)
        else:
            return
        check_agreement(self, tick="price_agreed", named=named)

    def _check_illegal_act(self, cleaned: Mapping[str, Any]) -> None:
        """What is registered as a violation is about an illegal act: chosen, or told by the words."""
        chosen: ServiceCategory | None = cleaned.get("category")
        fits = chosen in self._fitting if chosen else suggest_categories(cleaned.get("text", ""), self._fitting)
        if not fits and "category" not in self.errors:
            self.add_error("category", NO_ILLEGAL_ACT)

    @cached_property
    def _fitting(self) -> list[ServiceCategory]:
        """Of the offered categories those that the kind may be about."""
        fit = set(ServiceCategory.objects.fit_for(str(self["kind"].value())).values_list("pk", flat=True))
        return [category for category in self.categories if category.pk in fit]

    def _check_promise(self, cleaned: dict[str, Any]) -> None:
        """A senior colleague, or an appointment with time, place and person: nothing less (R-011)."""
        due_at, kind, person = cleaned.get("promise_at"), cleaned.get("promise_kind"), cleaned.get("answerer")
        if due_at is not None and due_at <= self.now:
            self.add_error("promise_at", _("A promise needs a time that is still to come."))
        if not kind and "promise_kind" not in self.errors:
            self.add_error("promise_kind", _("Choose a senior colleague, or make an appointment."))
        if person is None and "answerer" not in self.errors:
            self.add_error("answerer", _("Say who answers."))
        if kind == PromiseKind.SENIOR and person == self.place.user:
            self.add_error("answerer", _("Choose the senior colleague who answers."))
        if kind == PromiseKind.APPOINTMENT and not cleaned.get("venue"):
            self.add_error("venue", _("Say where you meet."))

    def _window(self, cleaned: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
        value = cleaned.get("window", "")
        try:
            window = self._custom_window(cleaned) if value == CUSTOM else read_slot(value)
        except ValueError:
            self.add_error("window", _("This is no time for a visit."))
            return None
        if window is not None and window[0] >= window[1]:
            self.add_error("window", _("The wished time ends before it begins."))
        return window

    def _custom_window(self, cleaned: Mapping[str, Any]) -> tuple[datetime, datetime]:
        begins, ends = cleaned.get("window_from"), cleaned.get("window_to")
        if begins is None or ends is None:
            raise ValueError
        return begins, ends

    def _occurred_at(self, cleaned: Mapping[str, Any]) -> datetime | None:
        given: datetime | None = cleaned.get("occurred_at")
        when = cleaned.get("when") or When.NOW
        if when == When.NOW:
            return None
        if when != When.AT:
            given = given or (last_night(self.now) if when == When.LAST_NIGHT else this_morning(self.now))
        if given is None:
            if "occurred_at" not in self.errors:
                self.add_error("occurred_at", _("Say when it happened."))
        elif given > timezone.now():
            self.add_error("occurred_at", _("It cannot have happened in the future."))
        elif self.now - given > LATE_WITHOUT_REASON and not cleaned.get("late_reason", "").strip():
            self.add_error("late_reason", _("More than 72 hours ago: say why it is entered so late."))
        return given

    # What the operations take -------------------------------------------------------------------------------------

    @property
    def category_or_derived(self) -> ServiceCategory | None:
        """The chosen category, else the best guess from the words, else the catch-all."""
        chosen: ServiceCategory | None = self.cleaned_data["category"]
        is_violation = self.cleaned_data["kind"] == RequestKind.VIOLATION
        categories = self._fitting if is_violation else self.categories
        guesses = suggest_categories(self.cleaned_data["text"], categories)
        return chosen or (guesses[0] if guesses else fallback_category(categories))

    @property
    def topic(self) -> str:
        """For a touch without a request: the matter by its category, where the words or the person say one."""
        category = self.category_if_any
        return category.name if category else ""

    @property
    def category_if_any(self) -> ServiceCategory | None:
        chosen: ServiceCategory | None = self.cleaned_data["category"]
        guesses = [chosen] if chosen else suggest_categories(self.cleaned_data["text"], self.categories)
        return guesses[0] if guesses else None
