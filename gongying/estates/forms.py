"""Forms of places. Each offers only what lies in the user's territory, below the place where it was opened."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.edits import VERSION
from gongying.common.inputs import NAME_OF_A_THING
from gongying.estates.models import (
    LARGEST_AREA,
    Building,
    CommonFacility,
    Entrance,
    Floor,
    ParkingSpace,
    Project,
    Unit,
)

# What a site manager sets for her own project; of a form and of `Project.settings`.
SETTINGS = ("service_phone", "service_hours", "meeting_form")
AREAS = ("gross_area_m2", "net_area_m2", "chargeable_area_m2")


class PlaceForm(forms.ModelForm):  # type: ignore[type-arg]
    """`offer` narrows the choices of places to those the user serves."""

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        choices = {
            "project": Project.objects.visible_to(user),
            "building": Building.objects.visible_to(user).select_related("project"),
            "entrance": Entrance.objects.visible_to(user).select_related("building"),
            "unit": Unit.objects.visible_to(user),
        }
        for name, rows in choices.items():
            if name in self.fields:
                self.fields[name].queryset = self._within(name, rows)  # type: ignore[attr-defined]

    def _within(self, name: str, rows: Any) -> Any:
        """Below what is known already: a unit form opened in a building offers its entrances only."""
        building_id = getattr(self.instance, "building_id", None)
        project_id = getattr(self.instance, "project_id", None)
        if name == "entrance" and building_id:
            return rows.filter(building=building_id)
        if name in ("building", "unit") and project_id:
            return rows.filter(project=project_id)
        return rows

    def changed_fields(self) -> list[str]:
        return [name for name in self.changed_data if name != VERSION]


class ProjectForm(PlaceForm):
    class Meta:
        model = Project
        fields = ["code", "name", "kind", "address", "served_area_m2"]
        labels = {"name": NAME_OF_A_THING}

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if self.instance.pk and code != Project.objects.values_list("code", flat=True).get(pk=self.instance.pk):
            raise ValidationError(_("The code stands in request numbers and stays."))
        return code


class BuildingForm(PlaceForm):
    class Meta:
        model = Building
        fields = ["number", "name"]
        labels = {"name": NAME_OF_A_THING}


class EntranceForm(PlaceForm):
    class Meta:
        model = Entrance
        fields = ["number"]


class FloorForm(PlaceForm):
    class Meta:
        model = Floor
        fields = ["level", "label"]


class UnitForm(PlaceForm):
    class Meta:
        model = Unit
        fields = ["entrance", "floor", "unit_no", "use", "state", *AREAS, "area_source"]

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        self.fields["floor"].queryset = Floor.objects.filter(building=self.instance.building_id)  # type: ignore[attr-defined]
        for name in AREAS:
            self.fields[name].max_value = LARGEST_AREA  # type: ignore[attr-defined]

    def clean_gross_area_m2(self) -> Decimal | None:
        return self._positive("gross_area_m2")

    def clean_net_area_m2(self) -> Decimal | None:
        return self._positive("net_area_m2")

    def clean_chargeable_area_m2(self) -> Decimal | None:
        area: Decimal | None = self.cleaned_data["chargeable_area_m2"]
        if area is not None and area < 0:
            raise ValidationError(_("An area is not negative."))
        return area

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("gross_area_m2") is not None and not cleaned.get("area_source"):
            self.add_error("area_source", _("Where does the area come from?"))
        if "unit_no" in cleaned:
            self.instance.code = self._code(cleaned)
            others = Unit.objects.filter(project=self.instance.project_id, code=self.instance.code)
            if others.exclude(pk=self.instance.pk).exists():
                self.add_error("unit_no", _("%(code)s exists already.") % {"code": self.instance.code})
        return cleaned

    def _code(self, cleaned: dict[str, Any]) -> str:
        """`2-1-301`; without an entrance `2-301`. One that was imported in another form keeps it while its parts stay."""
        if self.instance.pk and not {"unit_no", "entrance"} & set(self.changed_data):
            return str(self.instance.code)
        entrance = cleaned.get("entrance")
        parts = [self.instance.building.number, entrance.number if entrance else "", cleaned["unit_no"]]
        return "-".join(part for part in parts if part)

    def _positive(self, name: str) -> Decimal | None:
        area: Decimal | None = self.cleaned_data[name]
        if area is not None and area <= 0:
            raise ValidationError(_("An area is greater than zero."))
        return area


class ParkingSpaceForm(PlaceForm):
    class Meta:
        model = ParkingSpace
        fields = ["code", "ownership_kind", "building"]


class FacilityForm(PlaceForm):
    class Meta:
        model = CommonFacility
        fields = ["kind", "name", "building", "function", "features", "requirements", "capacity"]
        labels = {"name": NAME_OF_A_THING}
        widgets = {name: forms.Textarea(attrs={"rows": 2}) for name in ("function", "features", "requirements")}


class SettingsForm(forms.Form):
    """What a site manager sets for her own project (R-022)."""

    service_phone = forms.CharField(label=_("service phone"), max_length=40, required=False)
    service_hours = forms.CharField(label=_("service hours"), max_length=60, required=False)
    meeting_form = forms.ChoiceField(
        label=_("form of meetings with owners"),
        required=False,
        choices=[
            ("", _("not decided")),
            ("forum", _("owners' forum")),
            ("symposium", _("talk in small groups")),
            ("home_visit", _("home visits")),
            ("online", _("online")),
        ],
    )
