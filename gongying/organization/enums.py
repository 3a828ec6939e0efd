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
