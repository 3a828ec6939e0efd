from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.checklists.wording import read_by_customers
from gongying.common.inputs import DayField, check_year
from gongying.common.text import normalise
from gongying.common.word_search import containing, is_searchable
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Project
from gongying.interactions.circumstances import reasons_in_use
from gongying.interactions.enums import AnswerKind, Channel, Direction, JourneyStage, Method
from gongying.interactions.models import LONGEST_TEXT, ContactReason, Interaction, InteractionQuerySet, Participant

ANY: list[tuple[str, Any]] = [("", gettext_lazy("all"))]


SELDOM_ASKED = ("reason_code", "journey_stage", "topic", "person", "role", "first")
SAME_NAME = ("project", "channel", "answer", "direction", "reason_code", "journey_stage")


class InteractionFilterForm(forms.Form):
    """The filters above the list. What is wrong in an address is left out, never an error page."""

    q = forms.CharField(
        required=False,
        max_length=100,
        label=gettext_lazy("Words"),
        widget=forms.TextInput(attrs={"type": "search", "placeholder": gettext_lazy("any two characters")}),
    )
    project = forms.ModelChoiceField(Project.objects.none(), required=False, label=gettext_lazy("Project"))
    channel = forms.ChoiceField(
        choices=[("", gettext_lazy("all channels")), *Channel.choices], required=False, label=gettext_lazy("Channel")
    )
    answer = forms.ChoiceField(
        choices=[("", gettext_lazy("all answers")), *AnswerKind.choices],
        required=False,
        label=gettext_lazy("How answered"),
    )
    reason_code = forms.ModelChoiceField(
        ContactReason.objects.all(),
        required=False,
        label=gettext_lazy("reason for the contact"),
        empty_label=gettext_lazy("all"),
    )
    journey_stage = forms.ChoiceField(
        choices=[*ANY, *JourneyStage.choices], required=False, label=gettext_lazy("journey stage")
    )
    topic = forms.CharField(required=False, max_length=200, label=gettext_lazy("Topic"))
    person = forms.CharField(required=False, max_length=100, label=gettext_lazy("Who spoke"))
    role = forms.ChoiceField(
        choices=[*ANY, *RoleKind.choices], required=False, label=gettext_lazy("kind of counterpart")
    )
    first = forms.ChoiceField(
        choices=[*ANY, ("yes", gettext_lazy("yes"))], required=False, label=gettext_lazy("resolved at first contact")
    )
    party = forms.IntegerField(required=False, widget=forms.HiddenInput)
    direction = forms.ChoiceField(choices=[*ANY, *Direction.choices], required=False, widget=forms.HiddenInput)
    # Of whoever answered first; a number of the report of answers opens its rows with it.
    post = forms.IntegerField(required=False, widget=forms.HiddenInput)
    since = DayField(label=gettext_lazy("from"), required=False)
    until = DayField(label=gettext_lazy("until"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user)
        projects.empty_label = _("all projects")
        for name, field in self.fields.items():
            if data.get(name):
                field.widget.attrs["class"] = "is-set"
        self.is_valid()

    # As the row above the list shows them; what is seldom asked lies in a menu, so that the row stays one line.
    @property
    def often(self) -> list[forms.BoundField]:
        return [self[name] for name in ("q", "project", "channel", "answer")]

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[name] for name in ("since", "until")]

    @property
    def seldom(self) -> list[forms.BoundField]:
        return [self[name] for name in SELDOM_ASKED]

    @property
    def seldom_count(self) -> int:
        return sum(name in SELDOM_ASKED for name in self.given)

    @property
    def given(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def words(self) -> str:
        """What to search in the text; one character alone cannot be searched."""
        words = self.given.get("q", "")
        return words if is_searchable(words) else ""

    def rows(self) -> InteractionQuerySet:
        """All that is filtered by columns, without the words."""
        given = self.given
        rows = Interaction.objects.visible_to(self.user)
        for name in SAME_NAME:
            if name in given:
                rows = rows.filter(**{name: given[name]})
        rows = self._in_words(rows)
        if "role" in given:  # the folder of one kind of counterpart
            in_file = Exists(PartyRole.objects.filter(party=OuterRef("party"), role=given["role"]))
            rows = rows.filter(Q(counterpart=given["role"]) | Q(in_file))
        if "first" in given:
            rows = rows.resolved_at_first_contact()
        if "post" in given:
            rows = rows.answered_at(given["post"])
        if "party" in given:
            rows = rows.filter(party__in=Party.objects.visible_to(self.user).filter(pk=given["party"]))
        if "since" in given:
            rows = rows.filter(occurred_at__gte=day_start(given["since"]))
        if "until" in given:
            rows = rows.filter(occurred_at__lt=day_start(given["until"] + timedelta(days=1)))
        return rows

    def _in_words(self, rows: InteractionQuerySet) -> InteractionQuerySet:
        given = self.given
        if "topic" in given:
            rows = rows.filter(topic__icontains=given["topic"])
        return rows.filter(self._named(given["person"])) if "person" in given else rows

    def rows_with_words(self) -> InteractionQuerySet:
        """For exports and papers, which take all rows anyway."""
        rows = self.rows()
        return containing(rows, self.words) if self.words else rows  # type: ignore[return-value]

    def _named(self, typed: str) -> Q:
        with_them = Participant.objects.filter(interaction=OuterRef("pk"), name__icontains=typed)
        return Q(person_name__icontains=typed) | Q(party__name_key__contains=normalise(typed)) | Q(Exists(with_them))


if TYPE_CHECKING:
    InteractionModelForm = forms.ModelForm[Interaction]
else:
    InteractionModelForm = forms.ModelForm


class CorrectionForm(InteractionModelForm):
    methods = forms.MultipleChoiceField(
        choices=Method.choices,
        required=False,
        label=gettext_lazy("methods"),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=gettext_lazy("Why it is corrected"), max_length=200)

    class Meta:
        model = Interaction
        fields = (
            "channel",
            "direction",
            "topic",
            "text",
            "answer",
            "result",
            "person_name",
            "occurred_at",
            "ended_at",
            "reason_code",
            "journey_stage",
            "counterpart",
            "place_kind",
            "venue",
            "form",
            "methods",
        )
        widgets = {
            "text": forms.Textarea(attrs={"rows": 4}),
            "result": forms.Textarea(attrs={"rows": 3}),
            "occurred_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            "ended_at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        reasons: Any = self.fields["reason_code"]
        # What is no longer in use stays where it was said.
        offered = [reason.pk for reason in reasons_in_use()]
        reasons.queryset = ContactReason.objects.filter(pk__in=[*offered, self.instance.reason_code_id])
        for name in ("place_kind", "form", "journey_stage"):
            field: Any = self.fields[name]
            field.choices = [choice for choice in field.choices if choice[0]]

    def clean_occurred_at(self) -> datetime:
        """The browser knows minutes only: an unchanged minute keeps its seconds."""
        given: datetime = self.cleaned_data["occurred_at"]
        kept: datetime = self.initial["occurred_at"]
        if given.replace(second=0, microsecond=0) == kept.replace(second=0, microsecond=0):
            return kept
        check_year(given)
        if given > self.instance.entered_at:
            raise forms.ValidationError(_("It cannot have happened after it was entered."))
        return given

    def clean_ended_at(self) -> datetime | None:
        given: datetime | None = self.cleaned_data["ended_at"]
        if given is not None:
            check_year(given)
            if given < self.cleaned_data.get("occurred_at", given):
                raise forms.ValidationError(_("It ends before it begins."))
            if given > self.instance.entered_at:
                raise forms.ValidationError(_("It cannot have happened after it was entered."))
        return given

    @property
    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


class RepeatForm(forms.Form):
    of = forms.IntegerField(label=gettext_lazy("Number of the earlier entry"))


class KeepingForm(forms.Form):
    words = read_by_customers(
        forms.CharField(
            label=gettext_lazy("What the customer was told"),
            max_length=min(2000, LONGEST_TEXT),
            widget=forms.Textarea(attrs={"rows": 2}),
        )
    )


def day_start(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))
