from django.db import models
from django.utils.translation import gettext_lazy as _


class PropertyKind(models.TextChoices):
    RESIDENTIAL = "residential", _("residential community")
    OFFICE = "office", _("office")
    INDUSTRIAL = "industrial", _("industrial park")
    RETAIL = "retail", _("retail")


class AreaSource(models.TextChoices):
    """Where an area comes from; the register counts before the survey, the survey before the contract (2.14)."""

    REGISTER = "register", _("property register")
    SURVEY = "survey", _("survey")
    CONTRACT = "contract", _("contract")


class UnitUse(models.TextChoices):
    RESIDENCE = "residence", _("residence")
    OFFICE = "office", _("office")
    SHOP = "shop", _("shop")
    WORKSHOP = "workshop", _("workshop")
    STORAGE = "storage", _("storage room")
    OTHER = "other", _("other")


class UnitState(models.TextChoices):
    UNSOLD = "unsold", _("unsold")
    SOLD = "sold", _("sold, not handed over")
    HANDED_OVER = "handed_over", _("handed over")


class ParkingOwnership(models.TextChoices):
    OWNED = "owned", _("owned")
    RIGHT_OF_USE = "right_of_use", _("right of use")
    COMMON = "common", _("common")
    CIVIL_DEFENCE = "civil_defence", _("civil defence")


class FacilityKind(models.TextChoices):
    LIFT = "lift", _("lift")
    POWER = "power", _("power supply")
    WATER = "water", _("water and drainage")
    FIRE = "fire", _("fire protection")
    ACCESS = "access", _("gates and access control")
    CCTV = "cctv", _("surveillance")
    HVAC = "hvac", _("heating and air conditioning")
    LIGHTING = "lighting", _("lighting")
    GREEN = "green", _("green space")
    SPORT = "sport", _("sports and leisure")
    PARKING = "parking", _("parking shed or garage")
    E_BIKE_CHARGING = "e_bike_charging", _("e-bike storage and charging")
    WASTE = "waste", _("waste")
    OTHER = "other", _("other")
