from typing import Any

from django.utils.translation import gettext_lazy as _

from gongying.estates.models import PlacedModel
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight

PERMISSIONS = {
    "improvements.view_items": _("see improvement items"),
    "improvements.manage_items": _("open and finish improvement items"),
}


def people_at(thing: PlacedModel) -> Any:
    """Who may be in charge of what is changed there."""
    staff = serving(thing.place, right=TerritoryRight.VIEW_FILES)
    return staff.select_related("user").order_by("user__name", "pk")
