from typing import Any

from django.utils.translation import gettext_lazy as _

from gongying.estates.models import PlacedModel
from gongying.estates.stewards import serving, staff_in_project
from gongying.organization.enums import TerritoryRight

PERMISSIONS = {
    "improvements.view_items": _("see improvement items"),
    "improvements.manage_items": _("open and finish improvement items"),
}


def people_at(thing: PlacedModel) -> Any:
    """Who may be in charge of what is changed there: of what concerns a whole project, also who serves a part of it."""
    whole = thing.building_id is None
    staff = staff_in_project(thing.project_id) if whole else serving(thing.place, right=TerritoryRight.VIEW_FILES)
    return staff.select_related("user").order_by("user__name", "pk")
