from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import OpClass
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet, Versioned
from gongying.common.places import Place
from gongying.estates.enums import AreaSource, FacilityKind, ParkingOwnership, PropertyKind, UnitState, UnitUse
from gongying.estates.scopes import around, scope_of
from gongying.organization.models import Territory

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    AnyUser = AbstractBaseUser | AnonymousUser

LARGEST_AREA = Decimal("9999999.99")


class PlaceQuerySet(models.QuerySet[Any]):
    """Rows that stand in a place (project, building, entrance ids on the row)."""

    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(scope_of(user).condition())


class DatedPlaceQuerySet(PlaceQuerySet, DatedQuerySet):  # type: ignore[override]
    """Rows that stand in a place for a time."""


class ProjectQuerySet(models.QuerySet["Project"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Projects of which the user serves at least a part."""
        scope = scope_of(user)
        return self if scope.everywhere else self.filter(pk__in=scope.projects | around(scope).projects)


class Project(Versioned):
    """A managed site: a residential community, an office park, …"""

    code = models.CharField(
        _("code"),
        max_length=8,
        unique=True,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}$", _("2 to 8 capital letters and digits, a letter first."))],
        help_text=_("Part of every request number, e.g. YG"),
    )
    name = models.CharField(_("name"), max_length=80, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=PropertyKind.choices)
    address = models.CharField(_("address"), max_length=200, blank=True)
    served_area_m2 = models.DecimalField(
        _("served area (m²)"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    # What the site manager may set for her own project only.
    settings = models.JSONField(default=dict, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("project")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> Place:
        return Place(self.pk)


class BuildingQuerySet(models.QuerySet["Building"]):
    def visible_to(self, user: "AnyUser") -> Self:
        scope = scope_of(user)
        if scope.everywhere:
            return self
        return self.filter(
            models.Q(project__in=scope.projects)
            | models.Q(pk__in=scope.buildings)
            | models.Q(entrances__in=scope.entrances)
        ).distinct()


class Building(Versioned):
    project = models.ForeignKey(Project, models.PROTECT, related_name="buildings", verbose_name=_("project"))
    number = models.CharField(_("number"), max_length=20, help_text=_("As people say it: 2, A, 12"))
    name = models.CharField(_("name"), max_length=50, blank=True)
    sort_key = models.CharField(max_length=80, editable=False)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        ordering = ["project", "sort_key"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="building_number_unique")]

    def __str__(self) -> str:
        return self.name or _("Building %(number)s") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = natural_key(self.number)
        super().save(*args, **kwargs)

    @property
    def place(self) -> Place:
        return Place(self.project_id, self.pk)


class EntranceQuerySet(models.QuerySet["Entrance"]):
    def visible_to(self, user: "AnyUser") -> Self:
        scope = scope_of(user)
        if scope.everywhere:
            return self
        return self.filter(
            models.Q(building__project__in=scope.projects)
            | models.Q(building__in=scope.buildings)
            | models.Q(pk__in=scope.entrances)
        )


class Entrance(Versioned):
    """The door of a building behind which flats share stairs and lifts. Not a `Unit`."""

    building = models.ForeignKey(Building, models.PROTECT, related_name="entrances", verbose_name=_("building"))
    number = models.CharField(_("number"), max_length=20)
    sort_key = models.CharField(max_length=80, editable=False)

    objects = EntranceQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrance")
        ordering = ["building", "sort_key"]
        constraints = [models.UniqueConstraint(fields=["building", "number"], name="entrance_number_unique")]

    def __str__(self) -> str:
        return _("Entrance %(number)s") % {"number": self.number}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sort_key = natural_key(self.number)
        super().save(*args, **kwargs)

    @property
    def place(self) -> Place:
        return Place(self.building.project_id, self.building_id, self.pk)


class Floor(Versioned):
    building = models.ForeignKey(Building, models.CASCADE, related_name="floors", verbose_name=_("building"))
    level = models.SmallIntegerField(_("level"), help_text=_("Counted from the ground: 1, 2, … ; basements -1, -2"))
    label = models.CharField(_("label"), max_length=20, blank=True, help_text=_("As written in the lift, e.g. 3A"))

    class Meta:
        verbose_name = _("floor")
        ordering = ["building", "level"]
        constraints = [models.UniqueConstraint(fields=["building", "level"], name="floor_level_unique")]

    def __str__(self) -> str:
        return self.label or str(self.level)


class PlacedModel(models.Model):
    """Stands somewhere. The ids of the whole path are on the row, so that a territory is an index condition.

    A row without a building belongs to the whole project: only who serves all of it sees the row.
    """

    project = models.ForeignKey(Project, models.PROTECT, verbose_name=_("project"), related_name="+")
    building = models.ForeignKey(
        Building, models.PROTECT, null=True, blank=True, verbose_name=_("building"), related_name="+"
    )
    entrance = models.ForeignKey(
        Entrance, models.PROTECT, null=True, blank=True, verbose_name=_("entrance"), related_name="+"
    )

    class Meta:
        abstract = True

    @property
    def place(self) -> Place:
        return Place(self.project_id, self.building_id, self.entrance_id)


class UnitQuerySet(PlaceQuerySet):
    def by_code(self) -> Self:
        return self.order_by("project_id", "sort_key", "pk")


class Unit(PlacedModel, Versioned):
    """A flat, an office, a shop: the exclusive part that belongs to somebody."""

    event_kind = "unit"

    project = models.ForeignKey(Project, models.PROTECT, related_name="units", verbose_name=_("project"))
    building = models.ForeignKey(Building, models.PROTECT, related_name="units", verbose_name=_("building"))
    entrance = models.ForeignKey(
        Entrance, models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("entrance")
    )
    floor = models.ForeignKey(
        Floor, models.SET_NULL, null=True, blank=True, related_name="units", verbose_name=_("floor")
    )
    unit_no = models.CharField(_("room number"), max_length=20, help_text=_("The number on the door: 301"))
    # The whole code, e.g. 2-1-301, and its digits alone (21301), as people type it.
    code = models.CharField(_("code"), max_length=60)
    digits = models.CharField(max_length=30, editable=False, db_index=True)
    sort_key = models.CharField(max_length=80, editable=False)
    use = models.CharField(_("use"), max_length=20, choices=UnitUse.choices, default=UnitUse.RESIDENCE)
    state = models.CharField(_("state"), max_length=20, choices=UnitState.choices, default=UnitState.HANDED_OVER)
    gross_area_m2 = models.DecimalField(
        _("gross floor area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    net_area_m2 = models.DecimalField(_("net floor area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True)
    chargeable_area_m2 = models.DecimalField(
        _("chargeable area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True
    )
    area_source = models.CharField(_("source of the area"), max_length=20, choices=AreaSource.choices, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        ordering = ["project", "sort_key"]
        indexes = [
            models.Index(fields=["project", "sort_key", "id"], name="unit_project_order"),
            models.Index(fields=["building", "sort_key"], name="unit_building_order"),
            models.Index(fields=["entrance", "sort_key"], name="unit_entrance_order"),
            models.Index(OpClass("code", name="text_pattern_ops"), name="unit_code_prefix"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="unit_code_unique"),
            models.CheckConstraint(
                condition=models.Q(gross_area_m2=None) | models.Q(gross_area_m2__gt=0), name="unit_gross_area_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(net_area_m2=None) | models.Q(net_area_m2__gt=0), name="unit_net_area_positive"
            ),
            models.CheckConstraint(
                condition=models.Q(chargeable_area_m2=None) | models.Q(chargeable_area_m2__gte=0),
                name="unit_chargeable_area_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(gross_area_m2=None) | ~models.Q(area_source=""), name="unit_area_has_source"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """The derived keys; bulk writers call this, `save` does it by itself."""
        self.digits = "".join(c for c in self.code if c.isdigit())[:30]
        self.sort_key = natural_key(self.code)

    @property
    def full_name(self) -> str:
        """The code behind the name of its project."""
        return f"{self.project.name} {self.code}"


class ParkingSpace(PlacedModel, Versioned):
    event_kind = "parkingspace"

    code = models.CharField(_("code"), max_length=30)
    ownership_kind = models.CharField(_("ownership"), max_length=20, choices=ParkingOwnership.choices)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="parking_spaces", verbose_name=_("belongs to unit")
    )

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("parking space")
        ordering = ["project", "code"]
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="parking_space_code_unique")]

    def __str__(self) -> str:
        return self.code


class CommonFacility(PlacedModel, Versioned):
    """Facilities and grounds that all use: what they do, their features and requirements (R-041)."""

    event_kind = "facility"

    kind = models.CharField(_("kind"), max_length=30, choices=FacilityKind.choices)
    name = models.CharField(_("name"), max_length=80)
    function = models.TextField(_("function"), blank=True)
    features = models.TextField(_("features"), blank=True)
    requirements = models.TextField(_("requirements"), blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("facility")
        verbose_name_plural = _("facilities")
        ordering = ["project", "kind", "name"]

    def __str__(self) -> str:
        return self.name


class TerritoryScope(Dated):
    """A territory covers a project, a building or an entrance for a time (R-023, R-025)."""

    territory = models.ForeignKey(Territory, models.CASCADE, related_name="scopes", verbose_name=_("territory"))
    project = models.ForeignKey(Project, models.CASCADE, related_name="territory_scopes", verbose_name=_("project"))
    building = models.ForeignKey(
        Building, models.CASCADE, null=True, blank=True, related_name="territory_scopes", verbose_name=_("building")
    )
    entrance = models.ForeignKey(
        Entrance, models.CASCADE, null=True, blank=True, related_name="territory_scopes", verbose_name=_("entrance")
    )

    objects = DatedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("territory scope")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(entrance=None) | models.Q(building__isnull=False), name="territory_scope_path"
            ),
            ExclusionConstraint(
                name="territory_scope_no_overlap",
                expressions=[
                    ("territory", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    (Coalesce("building", 0), RangeOperators.EQUAL),
                    (Coalesce("entrance", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory}: {self.where}"

    @property
    def where(self) -> str:
        """The place in words, from the project down."""
        return " ".join(str(part) for part in (self.project, self.building, self.entrance) if part is not None)

    @property
    def place(self) -> Place:
        return Place(self.project_id, self.building_id, self.entrance_id)

    @property
    def width(self) -> int:
        """0 an entrance, 1 a building, 2 a whole project."""
        return 0 if self.entrance_id else 1 if self.building_id else 2

    def condition(self) -> models.Q:
        """Rows that stand in it, by their own place ids."""
        if self.entrance_id:
            return models.Q(entrance_id=self.entrance_id)
        if self.building_id:
            return models.Q(building_id=self.building_id)
        return models.Q(project_id=self.project_id)

    def covers(self, place: Place) -> bool:
        return (
            self.project_id == place.project_id
            and self.building_id in (None, place.building_id)
            and self.entrance_id in (None, place.entrance_id)
        )


def natural_key(code: str) -> str:
    """Sorts `2-1-301` before `10-1-101`: every number is padded to six digits."""
    padded, number = [], ""
    for char in [*code, ""]:
        if char.isdigit():
            number += char
            continue
        if number:
            padded.append(number.zfill(6))
            number = ""
        padded.append(char)
    return "".join(padded)
