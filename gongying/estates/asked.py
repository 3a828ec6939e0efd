"""What a register or a form was asked for by its address: a list, a project, a unit, words."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.editions import fill_from_memory
from gongying.common.inputs import id_in
from gongying.common.statements import Statement, statement_of
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


def unit_or_404(user: User, pk: int) -> Unit:
    """One she may see, with its project: a household's page shows a dozen parts, and each asks for it."""
    units: Statement[Unit] = statement_of(user, "units", lambda pk: Unit.objects.visible_to(user).filter(pk=pk), pk=int)
    unit = units.first(pk=pk)
    if unit is None:
        raise Http404
    fill_from_memory(unit, "project")
    return unit


def asked_unit(request: SignedInRequest) -> dict[str, Any]:
    """How a form begins that was opened from the page of a unit."""
    here = Unit.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("unit", "")) or 0).first()
    return {"project": here.project_id, "unit_code": here.code} if here else {}
