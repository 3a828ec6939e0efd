"""What the quick entry is made of beside the form itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import get_language

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.inputs import check_year
from gongying.common.places import Place
from gongying.estates.stewards import serving
from gongying.organization.enums import TerritoryRight
from gongying.servicedesk.models import WorkOrder


class Action:
    ANSWER = "answer"
    AUTHORITY = "authority"
    LATER = "later"
    REQUEST = "request"
    JOIN = "join"


class When:
    NOW = "now"
    LAST_NIGHT = "last_night"
    THIS_MORNING = "this_morning"
    AT = "at"


def jobs_in_unit(user: User, unit: int, since: datetime) -> Any:
    rows = WorkOrder.objects.visible_to(user).filter(service_request__unit=unit, created_at__gte=since)
    return rows.select_related("service_request")


class MomentField(forms.DateTimeField):
    """A point in time as browsers send it: `2026-11-21T22:40`."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, required=False, validators=[check_year], **options)


def answerers_at(here: Place) -> Any:
    """Those who serve the place, the caller's own colleague at the desk among them: an appointment may be with her."""
    return serving(here, right=TerritoryRight.VIEW_FILES).select_related("user", "department").order_by("pk")


def named_answerers(field: Any, here: Place) -> list[tuple[int, str]]:
    key = "answerers", here, timezone.localdate(), get_language()
    return kept(key, lambda: [(staff.pk, field.label_from_instance(staff)) for staff in answerers_at(here)])
