"""What the typed words may be about: categories by the words of the trade, and the same trouble next door."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.places import Place
from gongying.common.statements import statement_of
from gongying.common.text import normalise
from gongying.estates.models import Project, Unit
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import PublicFault, ServiceCategory, ServiceRequest

WORDS = Path(__file__).parent / "data" / "category_words.json"
OTHER = "service-other-other"
MOST_SUGGESTIONS = 3
MOST_NEARBY = 5
NEARBY_HOURS = 24
SIMILAR_DAYS = 30


@cache
def words_of_categories() -> Mapping[str, tuple[str, ...]]:
    table: dict[str, list[str]] = json.loads(WORDS.read_text(encoding="utf-8"))
    return {code: tuple(normalise(word) for word in words) for code, words in table.items()}


def suggest_categories(text: str, categories: list[ServiceCategory]) -> list[ServiceCategory]:
    """The best three of `categories`; longer words say more than short ones, two words more than one."""
    typed = normalise(text).replace(" ", "")
    scored = [(_score(typed, category), category) for category in categories]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].position))
    return [category for _points, category in best[:MOST_SUGGESTIONS]]


def _score(typed: str, category: ServiceCategory) -> int:
    # The tree is edited by its owner: a renamed or new category is found by its own name.
    words = {*words_of_categories().get(category.code, ()), normalise(category.name)}
    return sum(len(word) ** 2 for word in words if word in typed)


def offered_categories(project: Project) -> list[ServiceCategory]:
    return kept(("categories offered", project.kind), lambda: list(ServiceCategory.objects.offered_in(project)))


def fallback_category(categories: list[ServiceCategory]) -> ServiceCategory | None:
    """Nobody chose one and the words say nothing: the catch-all never blocks a save (spec decision 14)."""
    return next((category for category in categories if category.code == OTHER), categories[-1] if categories else None)


def similar_requests(service_request: ServiceRequest, user: User) -> list[ServiceRequest]:
    """What it may be a repeat of: open, of the same unit or of the same category in the building, within 30 days."""
    since = service_request.entered_at - timedelta(days=SIMILAR_DAYS)
    here = Q(category=service_request.category_id, building=service_request.building_id)
    if service_request.unit_id:
        here |= Q(unit=service_request.unit_id)
    rows = ServiceRequest.objects.visible_to(user).open().filter(here, project=service_request.project_id)
    rows = rows.filter(entered_at__gte=since).exclude(pk=service_request.pk).exclude(kind=RequestKind.COMPLAINT)
    return list(rows.select_related("unit", "building", "facility", "project").newest_first()[:MOST_NEARBY])


def matters_nearby(unit: Unit, *, user: User, now: datetime) -> list[ServiceRequest]:
    """Open matters of the last 24 hours behind the same entrance (of the same building where there is none).

    What is announced as a public fault has its own strip.
    """
    level, pk = ("entrance", unit.entrance_id) if unit.entrance_id else ("building", unit.building_id)

    def matters(since: datetime, pk: int) -> Any:
        rows = ServiceRequest.objects.visible_to(user).open().filter(entered_at__gte=since, **{level: pk})
        rows = rows.exclude(public_faults__in=PublicFault.objects.open())
        return rows.select_related("category", "unit", "project").order_by("-entered_at", "-id")[:MOST_NEARBY]

    statement = statement_of(user, f"matters of the same {level}", matters, since=datetime, pk=int)
    return statement.rows(since=now - timedelta(hours=NEARBY_HOURS), pk=pk)


def faults_felt_at(unit: Unit | None, project: Project, *, user: User) -> list[PublicFault]:
    """What the desk says of itself: faults that concern the caller's unit or, as long as none is named, the project."""
    if unit is None:
        return list(_open_faults(user).filter(project=project))
    place = unit.place

    def concerning(project: int, building: int, entrance: int) -> Any:
        return _open_faults(user).concerning(Place(project, building, entrance))

    statement = statement_of(user, "faults that concern a place", concerning, project=int, building=int, entrance=int)
    return statement.rows(project=place.project_id, building=place.building_id, entrance=place.entrance_id or 0)


def _open_faults(user: User) -> Any:
    return PublicFault.objects.visible_to(user).open().for_page()
