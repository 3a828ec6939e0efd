"""The register of promises: its filters, and how well they are kept (R-157)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.estates.models import Project, Unit
from gongying.interactions.enums import PromiseOutcome
from gongying.interactions.forms import day_start
from gongying.interactions.models import Promise, PromiseQuerySet

USUAL_PERIOD = timedelta(days=29)
OPEN = "all_open"
MET = Q(keeping__at__lte=F("due_at"))
LATE = Q(keeping__at__gt=F("due_at"))


def of_outcome(rows: Any, outcome: str) -> Any:
    """Those of which this has come so far."""
    chosen = {
        PromiseOutcome.OPEN: "in_time",
        PromiseOutcome.BROKEN: "overdue",
        PromiseOutcome.KEPT: "kept",
        PromiseOutcome.KEPT_LATE: "kept_late",
    }
    return getattr(rows, chosen[PromiseOutcome(outcome)])()


class PromiseFilterForm(forms.Form):
    """The filters above the register. What is wrong in an address is left out, never an error page."""

    outcome = forms.ChoiceField(
        choices=[(OPEN, gettext_lazy("all open ones")), *PromiseOutcome.choices], required=False
    )
    whose = forms.ChoiceField(choices=[("mine", gettext_lazy("mine"))], required=False, widget=forms.HiddenInput)
    project = forms.ModelChoiceField(Project.objects.none(), required=False, label=gettext_lazy("Project"))
    owner = forms.ModelChoiceField(User.objects.none(), required=False, label=gettext_lazy("Who keeps it"))
    unit = forms.ModelChoiceField(Unit.objects.none(), required=False, widget=forms.HiddenInput)
    since = DayField(label=gettext_lazy("from"), required=False)
    until = DayField(label=gettext_lazy("until"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        self.user = user
        visible = Promise.objects.visible_to(user)
        self._offer("project", Project.objects.visible_to(user), _("all projects"))
        owners = User.objects.filter(pk__in=visible.order_by().values("owner"))
        self._offer("owner", owners.order_by("name", "pk"), _("everybody"))
        self._offer("unit", Unit.objects.visible_to(user), "")
        for name, field in self.fields.items():
            if data.get(name):
                field.widget.attrs["class"] = "is-set"
        self.is_valid()

    def _offer(self, name: str, rows: Any, nothing: str) -> None:
        field: Any = self.fields[name]
        field.queryset, field.empty_label = rows, nothing

    @property
    def outcome_asked(self) -> str:
        return self.cleaned_data.get("outcome") or OPEN

    @property
    def is_open(self) -> bool:
        return self.outcome_asked in (OPEN, PromiseOutcome.OPEN, PromiseOutcome.BROKEN)

    def rows(self, outcome: str = "") -> PromiseQuerySet:
        """Of this outcome, else of the one asked for."""
        rows: PromiseQuerySet = Promise.objects.visible_to(self.user)
        given = {name: value for name, value in self.cleaned_data.items() if value}
        for name in ("project", "owner", "unit"):
            if name in given:
                rows = rows.filter(**{name: given[name]})
        if given.get("whose") == "mine":
            rows = rows.of_owner(self.user)
        if "since" in given:
            rows = rows.filter(due_at__gte=day_start(given["since"]))
        if "until" in given:
            rows = rows.filter(due_at__lt=day_start(given["until"] + timedelta(days=1)))
        outcome = outcome or self.outcome_asked
        found: PromiseQuerySet = rows.open() if outcome == OPEN else of_outcome(rows, outcome)
        return found

    def address_without(self, name: str) -> str:
        """What else is asked for, for a link that asks for another `name`."""
        kept = {key: value for key, value in self.data.items() if key not in (name, "cursor") and value}
        return urlencode(kept)


class FigureForm(forms.Form):
    """Which days; without, the last thirty."""

    since = DayField(label=gettext_lazy("from"), required=False)
    until = DayField(label=gettext_lazy("until"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        self.is_valid()

    def period(self) -> tuple[date, date]:
        until = self.cleaned_data.get("until") or timezone.localdate()
        since = self.cleaned_data.get("since") or until - USUAL_PERIOD
        return min(since, until), until


@dataclass(frozen=True)
class Figures:
    """Of those that fell due in the period, and whose time is over."""

    name: str
    pk: int
    kept: int
    kept_late: int
    broken: int
    days: tuple[date, date]
    by: str

    @property
    def due(self) -> int:
        return self.kept + self.kept_late + self.broken

    @property
    def share(self) -> str:
        """Kept in time, of all that fell due."""
        return f"{100 * self.kept / self.due:.1f} %" if self.due else ""

    @property
    def cells(self) -> Sequence[tuple[int, str]]:
        """Each number with the address of exactly its rows."""
        numbers = (
            (PromiseOutcome.KEPT, self.kept),
            (PromiseOutcome.KEPT_LATE, self.kept_late),
            (PromiseOutcome.BROKEN, self.broken),
        )
        return [(number, self._address(outcome)) for outcome, number in numbers]

    def _address(self, outcome: PromiseOutcome) -> str:
        asked = {"outcome": outcome.value, self.by: self.pk, "since": self.days[0], "until": self.days[1]}
        return f"{reverse('interactions:promise-index')}?{urlencode(asked)}"


def figures_by(rows: Any, by: str, since: date, until: date) -> list[Figures]:
    """One line for each person or project, those with the most promises first; one statement."""
    end: datetime = day_start(until + timedelta(days=1))
    due = rows.filter(due_at__gte=day_start(since), due_at__lt=end)
    found = (
        due.order_by()
        .values(by, f"{by}__name")
        .annotate(
            kept=Count("pk", filter=MET),
            kept_late=Count("pk", filter=LATE),
            broken=Count("pk", filter=Q(keeping=None, due_at__lt=timezone.now())),
        )
    )
    made = [
        Figures(row[f"{by}__name"], row[by], row["kept"], row["kept_late"], row["broken"], (since, until), by)
        for row in found
    ]
    return sorted((each for each in made if each.due), key=lambda each: (-each.due, each.name))
