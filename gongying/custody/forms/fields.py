"""The fields that forms of things in custody share."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.inputs import check_year
from gongying.common.phones import LONGEST, UnreadablePhone, normalise_phone
from gongying.customers.plates import UnreadablePlate, normalise_plate
from gongying.estates.models import Project, Unit
from gongying.estates.scopes import projects_served_whole
from gongying.estates.spoken_codes import find_unit

LONGEST_CODE = 60


class UnitCodeField(forms.CharField):
    """A unit as people type it; the form says in which project (`read_unit`)."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"autocomplete": "off", "placeholder": _("2-1-301 or 21301")})
        super().__init__(max_length=LONGEST_CODE, widget=widget, **{"label": _("unit"), **options})


class MomentField(forms.DateTimeField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(validators=[check_year], widget=widget, **options)


class PhoneField(forms.CharField):
    """Cleans to the one form in which numbers are kept."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=LONGEST, **{"label": _("phone"), **options})

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value)
        try:
            return normalise_phone(typed).value if typed else ""
        except UnreadablePhone as error:
            raise ValidationError(str(error), code="phone") from error


class PlateField(forms.CharField):
    """Cleans to a plate as it stands in the register of vehicles."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=20, **{"label": _("plate"), **options})

    def clean(self, value: Any) -> str:
        typed: str = super().clean(value).strip()
        try:
            return normalise_plate(typed) if typed else ""
        except UnreadablePlate as error:
            raise ValidationError(_("Write the plate as on the car."), code="plate") from error


class PlacedForm(forms.Form):
    """In which project, and of which unit there."""

    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), empty_label=None)
    unit_code = UnitCodeField()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        projects: Any = self.fields["project"]
        projects.queryset = projects_served_whole(user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        code, project = cleaned.get("unit_code", ""), cleaned.get("project")
        if project is not None and "unit_code" in cleaned:
            cleaned["unit"] = self._read_unit(code.strip(), project)
        return cleaned

    def _read_unit(self, typed: str, project: Project) -> Unit | None:
        found = find_unit(typed, project, user=self.user) if typed else None
        if typed and found is None:
            self.add_error("unit_code", ValidationError(_("No unit, or more than one, is called so."), code="unknown"))
        return found

    def arguments(self) -> dict[str, Any]:
        """What the operation takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "unit_code"}
