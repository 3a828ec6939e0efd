from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _


class DepartmentKind(models.TextChoices):
    CUSTOMER_SERVICE = "customer_service", _("customer service")
    ENGINEERING = "engineering", _("engineering")
    ORDER = "order", _("order and security")
    ENVIRONMENT = "environment", _("environment")
    QUALITY = "quality", _("quality")
    FINANCE = "finance", _("finance")
    CUSTOMER_RELATIONS = "customer_relations", _("customer relations")
    MANAGEMENT = "management", _("management")


class TerritoryRight(models.TextChoices):
    VIEW_FILES = "view_files", _("see customer files")
    TAKE_ORDERS = "take_orders", _("take orders")

    @classmethod
    def all(cls) -> list[str]:
        return list(cls.values)


class Trade(models.TextChoices):
    """What a worker has learned, and what a job asks for (R-019)."""

    PLUMBING = "plumbing", _("plumbing")
    ELECTRICAL = "electrical", _("electrical")
    MECHANICAL = "mechanical", _("mechanical")
    JOINERY = "joinery", _("joinery and locks")
    MASONRY = "masonry", _("masonry and waterproofing")
    HVAC = "hvac", _("heating and air conditioning")
    LOW_VOLTAGE = "low_voltage", _("low voltage")
    FIRE = "fire", _("fire protection")
    LIFT = "lift", _("lifts")
    CLEANING = "cleaning", _("cleaning")
    GARDENING = "gardening", _("gardening")
    ORDER = "order", _("order and security")
    OFFICE = "office", _("office work")


WORDS_OF_TRADES = dict(Trade.choices)  # asked for every worker of a board


def trades_in_words(trades: Iterable[str]) -> list[str]:
    return [str(WORDS_OF_TRADES.get(trade, trade)) for trade in trades]
