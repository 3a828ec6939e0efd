"""What a register or a form was asked for by its address: a list, a project, a unit, words."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.estates.models import PlaceQuerySet, Unit


def asked_list(request: SignedInRequest, lists: Sequence[str]) -> str:
    """One of `lists`: the first, unless another one is named."""
    asked = request.GET.get("list", "")
    return asked if asked in lists else lists[0]


def narrowed(rows: PlaceQuerySet, request: SignedInRequest, holding: Callable[[str], Q]) -> Any:
    """Those of the project and the unit, and of those the ones `holding` the words."""
    for name in ("project", "unit"):
        if pk := id_in(request.GET.get(name, "")):
            rows = rows.filter(**{name: pk})
    words = request.GET.get("q", "").strip()
    return rows.filter(holding(words)) if words else rows


def asked_unit(request: SignedInRequest) -> dict[str, Any]:
    """How a form begins that was opened from the page of a unit."""
    here = Unit.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("unit", "")) or 0).first()
    return {"project": here.project_id, "unit_code": here.code} if here else {}
