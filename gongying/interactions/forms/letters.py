"""Slips of a box, letters and mails: entered together, a row each."""

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.checklists.wording import read_by_customers
from gongying.common.inputs import NAME_OF_A_THING, ChipsInput, DayField
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Project, Unit
from gongying.estates.spoken_codes import find_unit
from gongying.interactions.enums import Channel, ReplyWay
from gongying.interactions.forms.contacts import offer, offered_colleagues
from gongying.interactions.forms.plans import ColleagueField
from gongying.interactions.models import LONGEST_REPLY, LONGEST_TEXT, MOST_DAYS, SuggestionBox
from gongying.interactions.operations import Slip
from gongying.organization.models import StaffMember

if TYPE_CHECKING:
    BoxModelForm = forms.ModelForm[SuggestionBox]
else:
    BoxModelForm = forms.ModelForm

ROWS = 6
SHOWN_ROWS = 3  # the others are a tap away
PARTS = ("text", "unit", "name")
LONGEST_CODE = 60
LONGEST_NAME = 100
# Written matters are answered within this many days (the company may say otherwise on each).
USUAL_DAYS = 7


class BoxForm(BoxModelForm):
    name = forms.CharField(label=NAME_OF_A_THING, max_length=80)
    every_days = forms.IntegerField(
        label=_("opened every so many days"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )
    keeper = ColleagueField(StaffMember.objects.none(), label=_("who opens it"))

    class Meta:
        model = SuggestionBox
        fields = ("project", "name", "every_days", "keeper")

    def __init__(self, data: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        box = self.instance
        projects = Project.objects.visible_to(user).order_by("code")
        offer(self, "project", projects.filter(pk=box.project_id) if box.pk else projects)
        staff = StaffMember.objects.employed().select_related("user").order_by("user__name", "pk")
        offer(self, "keeper", staff)
        keeper = box.keeper_id or user.pk
        self.initial["keeper"] = staff.filter(user=keeper).values_list("pk", flat=True).first()


class SlipsForm(forms.Form):
    """A row for each: what is written, and who wrote it where she says so. Rows without text are passed over."""

    reply_due_on = DayField(label=_("to be answered by"))

    def __init__(self, data: Any = None, *, project: Project, user: User, **options: Any) -> None:
        due_on = timezone.localdate() + timedelta(days=USUAL_DAYS)
        options["initial"] = {"reply_due_on": due_on, "project": project.pk, **options.get("initial", {})}
        super().__init__(data, **options)
        self.place, self.user = project, user
        for row in range(1, ROWS + 1):
            self.fields |= {
                f"text_{row}": forms.CharField(
                    label=format_lazy("{} {}", _("slip"), str(row)),
                    max_length=LONGEST_TEXT,
                    required=False,
                    widget=forms.Textarea({"rows": 2}),
                ),
                f"unit_{row}": forms.CharField(
                    label=pgettext_lazy("of a slip", "unit"),
                    max_length=LONGEST_CODE,
                    required=False,
                    widget=forms.TextInput({"autocomplete": "off", "placeholder": _("2-1-301 or 21301")}),
                ),
                f"name_{row}": forms.CharField(
                    label=pgettext_lazy("of a slip", "name"), max_length=LONGEST_NAME, required=False
                ),
            }
            for part in PARTS:
                self.fields[f"{part}_{row}"].is_needed_mostly = True  # type: ignore[attr-defined]

    @property
    def heads(self) -> list[forms.BoundField]:
        """What is said once, of all of them."""
        return [self[name] for name in self.fields if not name.startswith(tuple(f"{part}_" for part in PARTS))]

    @property
    def first_rows(self) -> list[list[forms.BoundField]]:
        return self._rows(range(1, SHOWN_ROWS + 1))

    @property
    def more_rows(self) -> list[list[forms.BoundField]]:
        return self._rows(range(SHOWN_ROWS + 1, ROWS + 1))

    @property
    def has_more(self) -> bool:
        """Whether something stands in the rows that are folded away."""
        return any(field.value() for row in self.more_rows for field in row)

    def _rows(self, numbers: Iterable[int]) -> list[list[forms.BoundField]]:
        return [[self[f"{part}_{row}"] for part in PARTS] for row in numbers]

    def clean_reply_due_on(self) -> Any:
        due_on = self.cleaned_data["reply_due_on"]
        if due_on < timezone.localdate():
            raise ValidationError(_("The day by which it is answered lies in the past."), code="past")
        return due_on

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        rows = range(1, ROWS + 1)
        self.slips = [slip for slip in (self._slip(row, said) for row in rows) if slip is not None]
        return said

    def _slip(self, row: int, said: dict[str, Any]) -> Slip | None:
        text, typed, name = (said.get(f"{part}_{row}", "").strip() for part in PARTS)
        if not text:
            if typed or name:
                self.add_error(f"text_{row}", ValidationError(_("What is written there?"), code="required"))
            return None
        unit = find_unit(typed, self.place, user=self.user) if typed else None
        if typed and unit is None:
            self.add_error(
                f"unit_{row}", ValidationError(_("No unit, or more than one, is called so."), code="unknown")
            )
        return Slip(text, unit=unit, party=_writer(unit, name), name=name)


class OpeningForm(SlipsForm):
    witness = ColleagueField(StaffMember.objects.none(), label=_("second person"))

    field_order = ("witness", "reply_due_on")

    def __init__(self, data: Any = None, *, project: Project, user: User) -> None:
        super().__init__(data, project=project, user=user)
        offer(self, "witness", offered_colleagues(project).exclude(user=user))


class LettersForm(SlipsForm):
    project = forms.ModelChoiceField(Project.objects.none(), label=_("Project"), empty_label=None)
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[(one.value, one.label) for one in (Channel.LETTER, Channel.EMAIL)],
        initial=Channel.LETTER,
        widget=ChipsInput,
    )

    field_order = ("project", "channel", "reply_due_on")

    def __init__(self, data: Any = None, *, project: Project, user: User) -> None:
        super().__init__(data, project=project, user=user)
        offer(self, "project", Project.objects.visible_to(user).order_by("code"))

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if not self.slips and not self.errors:
            self.add_error("text_1", ValidationError(_("No slip is written down."), code="required"))
        return said


class ReplyForm(forms.Form):
    text = read_by_customers(
        forms.CharField(
            label=pgettext_lazy("to a letter", "answer"), max_length=LONGEST_REPLY, widget=forms.Textarea({"rows": 5})
        )
    )
    way = forms.ChoiceField(label=_("answered how"), choices=ReplyWay.choices)


def _writer(unit: Unit | None, name: str) -> Party | None:
    """The one of this name who has to do with the unit; nobody is presumed."""
    if unit is None or not name:
        return None
    roles: Any = PartyRole.objects.current().living().filter(unit=unit, party__name=name).select_related("party")
    role = roles.order_by("rank", "pk").first()
    return role.party if role else None
