import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import NAME_OF_A_THING, DayField
from gongying.common.text import normalise
from gongying.estates.models import Building, Entrance, Project
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import StaffMember, Territory

RANGE = re.compile(r"^(\d+)\s*[-~]\s*(\d+)$")
WIDEST_RANGE = 200


class ScopeForm(forms.Form):
    """Which places the territory gets: whole projects, buildings (`1-4, 6`) or one entrance."""

    project = forms.ModelChoiceField(Project.objects.none(), label=gettext_lazy("project"))
    buildings = forms.CharField(
        label=gettext_lazy("buildings"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Numbers as people say them, such as 1-4, 6. Empty: the whole project."),
    )
    entrance = forms.CharField(
        label=gettext_lazy("entrance"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Only with one building. Empty: all its entrances."),
    )
    starts_on = DayField(label=gettext_lazy("from"), initial=timezone.localdate)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["project"].queryset = Project.objects.visible_to(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        project = cleaned.get("project")
        if project is not None and "buildings" in cleaned:
            cleaned["buildings"] = self._buildings(project, cleaned["buildings"])
            cleaned["entrance"] = self._entrance(cleaned["buildings"], cleaned.get("entrance", ""))
        return cleaned

    def _buildings(self, project: Project, typed: str) -> list[Building]:
        try:
            numbers = _numbers(typed)
        except ValidationError as error:
            self.add_error("buildings", error)
            return []
        known = {normalise(building.number): building for building in Building.objects.filter(project=project)}
        if missing := [number for number in numbers if number not in known]:
            self.add_error("buildings", _("There is no building %(number)s in this project.") % {"number": missing[0]})
        return [known[number] for number in numbers if number in known]

    def _entrance(self, buildings: list[Building], typed: str) -> Entrance | None:
        if not typed:
            return None
        if len(buildings) != 1:
            self.add_error("entrance", _("An entrance needs exactly one building."))
            return None
        found = Entrance.objects.filter(building=buildings[0], number=typed).first()
        if found is None:
            self.add_error("entrance", _("This building has no entrance %(number)s.") % {"number": typed})
        return found


def _numbers(typed: str) -> list[str]:
    """`1-4, 6` → 1 2 3 4 6, in any width and with any of the usual separators."""
    numbers: list[str] = []
    for part in re.split(r"[,;/\s\u3001]+", normalise(typed)):
        if match := RANGE.match(part):
            first, last = int(match[1]), int(match[2])
            if not first <= last < first + WIDEST_RANGE:
                raise ValidationError(_("“%(range)s” is no range of buildings.") % {"range": part}, code="range")
            numbers += [str(number) for number in range(first, last + 1)]
        elif part:
            numbers.append(part)
    return list(dict.fromkeys(numbers))


class MoveForm(forms.Form):
    to = forms.ModelChoiceField(Territory.objects.none(), label=gettext_lazy("new territory"))
    on = DayField(label=gettext_lazy("from"), initial=timezone.localdate)

    def __init__(self, *args: Any, origin: Territory, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = Territory.objects.exclude(pk=origin.pk)  # type: ignore[attr-defined]


class EndForm(forms.Form):
    on = DayField(label=gettext_lazy("no longer from"), initial=timezone.localdate)


class TerritoryForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Territory
        fields = ["name", "parent"]
        labels = {"name": NAME_OF_A_THING}


class AssignmentForm(forms.Form):
    staff = forms.ModelChoiceField(StaffMember.objects.none(), label=gettext_lazy("staff member"))
    rights = forms.MultipleChoiceField(
        choices=TerritoryRight.choices,
        label=gettext_lazy("rights"),
        initial=TerritoryRight.all,
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = DayField(label=gettext_lazy("from"), initial=timezone.localdate)
    ends_on = DayField(
        label=gettext_lazy("until before"),
        required=False,
        help_text=gettext_lazy("Empty: until further notice."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        employed = StaffMember.objects.employed().select_related("user").order_by("user__name")
        self.fields["staff"].queryset = employed  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        starts_on, ends_on = cleaned.get("starts_on"), cleaned.get("ends_on")
        if starts_on and ends_on and ends_on <= starts_on:
            self.add_error("ends_on", gettext_lazy("The end lies before the beginning."))
        return cleaned
