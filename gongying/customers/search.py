"""What the one search box finds of this app: households, people, vehicles. One query each, scoped, the exact hit first."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Reverse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongying.common.permissions import may
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.common.search import Hit, Query, Score, Shape
from gongying.customers.enums import ContactKind, RoleKind
from gongying.customers.masking import masked_phone
from gongying.customers.models import ContactPoint, Occupancy, PartyRole, Vehicle
from gongying.customers.plates import plate_key
from gongying.estates.models import Unit

FILES = "customers.view_files"
SHORTEST_PINYIN = 2


class UnitSearch:
    """`2-1-301`, the same in words, `21301`; and whose household it is."""

    name = "units"
    label: str | Promise = _("Households")
    icon = "home"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if Shape.UNIT_CODE not in query:
            return []
        code = "-".join(query.code_parts).upper()
        digits = query.digits
        exact = Q(code=code) | Q(digits=digits, code__regex=_in_order(query.code_parts))
        begins = Q(code__startswith=code) | Q(digits__startswith=digits)
        heads = Occupancy.objects.current().filter(unit=OuterRef("pk")).order_by("pk").values("head__name")[:1]
        found: QuerySet[Any] = (
            Unit.objects.visible_to(user)
            .filter(begins)
            .annotate(
                nearness=Case(
                    When(exact, then=Value(Score.EXACT)), default=Value(Score.PREFIX), output_field=IntegerField()
                ),
                head_name=Subquery(heads),
            )
            .select_related("project")
            .order_by("-nearness", "sort_key", "pk")[:limit]
        )
        shows_names = may(user, FILES)
        return [
            Hit(
                id=unit.pk,
                title=unit.code,
                subtitle=" · ".join(filter(None, [unit.project.name, unit.head_name if shows_names else ""])),
                url=reverse("customers:household-show", args=[unit.pk]),
                score=unit.nearness,
            )
            for unit in found
        ]


class PeopleSearch:
    """A phone or its last four digits, a name, its pinyin or initials. Owners and users come first (R-076)."""

    name = "people"
    label: str | Promise = _("Persons")
    icon = "user"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if not may(user, FILES):
            return []
        conditions = [condition for condition in (_by_number(query), _by_name(query)) if condition is not None]
        if not conditions:
            return []
        condition, nearness = conditions[0]
        roles: QuerySet[Any] = (
            PartyRole.objects.visible_to(user)
            .current()
            .living()
            .filter(condition)
            .annotate(nearness=nearness, phone=Subquery(_first_phone()))
            .select_related("party", "unit", "project")
            .order_by("-nearness", "rank", "pk")[: limit * 3]
        )
        return _one_per_person(roles, limit)


class VehicleSearch:
    """A plate, or the last four characters of it (E-039)."""

    name = "vehicles"
    label: str | Promise = _("Vehicles")
    icon = "car"

    def search(self, user: Any, query: Query, limit: int) -> Sequence[Hit]:
        if not may(user, FILES) or not {Shape.PLATE, Shape.PLATE_TAIL} & query.shapes:
            return []
        plate = plate_key(query.text)
        ends = Q(backwards__startswith=plate[::-1])
        found: QuerySet[Any] = (
            Vehicle.objects.visible_to(user)
            .current()
            .annotate(backwards=Reverse("plate"))
            .filter(Q(plate__startswith=plate) | ends)
            .select_related("unit", "party", "project")
            .order_by("plate", "pk")[:limit]
        )
        return [
            Hit(
                id=vehicle.pk,
                title=vehicle.plate,
                subtitle=" · ".join(filter(None, [vehicle.unit.code if vehicle.unit else "", vehicle.party.name])),
                url=_home_of(vehicle),
                badge=vehicle.description,
                score=Score.EXACT if vehicle.plate == plate else Score.TAIL,
            )
            for vehicle in found
        ]


def _in_order(parts: Sequence[str]) -> str:
    """The digits alone do not tell 2-1-301 from 21-301: the parts must be the same ones, unless only digits were typed."""
    return f"^{'[^0-9A-Za-z]*'.join(part.upper() for part in parts)}$" if len(parts) > 1 else "."


def _by_number(query: Query) -> tuple[Q, Case] | None:
    """A whole number, or the last digits that a caller says."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE)
    if Shape.PHONE in query:
        try:
            value = normalise_phone(query.compact).value
        except UnreadablePhone:
            value = query.compact
        points, score = points.filter(value=value), Score.EXACT
    elif Shape.TAIL in query:
        points = points.annotate(backwards=Reverse("value")).filter(backwards__startswith=query.compact[::-1])
        score = Score.TAIL
    else:
        return None
    return Q(party__in=points.values("party")), Case(default=Value(score), output_field=IntegerField())


def _by_name(query: Query) -> tuple[Q, Case] | None:
    if Shape.PINYIN in query and len(query.compact) >= SHORTEST_PINYIN:
        word = query.compact
        condition = (
            Q(party__initials__startswith=word)
            | Q(party__pinyin__startswith=word)
            | Q(party__name_key__startswith=word)
        )
        exact = Q(party__initials=word) | Q(party__pinyin=word) | Q(party__name_key=word)
    elif Shape.NAME in query:
        word = query.text
        condition = Q(party__name_key__startswith=word)
        if len(word) > 1:
            condition |= Q(party__name_key__contains=word)
        exact = Q(party__name_key=word)
    else:
        return None
    return condition, Case(
        When(exact, then=Value(Score.EXACT)), default=Value(Score.PREFIX), output_field=IntegerField()
    )


def _first_phone() -> QuerySet[Any]:
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, party=OuterRef("party")).order_by("pk")
    return points.values("value")[:1]


def _one_per_person(roles: QuerySet[Any], limit: int) -> list[Hit]:
    """Somebody with two flats is two hits, somebody with two roles in one flat is one."""
    hits: dict[tuple[int, int | None], Hit] = {}
    for role in roles:
        hits.setdefault((role.party_id, role.unit_id), _hit_of(role))
    return list(hits.values())[:limit]


def _hit_of(role: Any) -> Hit:
    where = role.unit.code if role.unit else role.project.name
    page = reverse("customers:party-show", args=[role.party_id])
    home = f"{reverse('customers:household-show', args=[role.unit_id])}?party={role.party_id}" if role.unit_id else page
    important = role.role in (RoleKind.OWNER, RoleKind.TENANT, RoleKind.USER)
    return Hit(
        id=role.party_id,
        title=role.party.name,
        subtitle=" · ".join(filter(None, [where, masked_phone(role.phone or "")])),
        badge=str(role.get_role_display()),
        url=home,
        score=role.nearness + (5 if important else 0),
    )


def _home_of(vehicle: Vehicle) -> str:
    if vehicle.unit_id:
        return f"{reverse('customers:household-show', args=[vehicle.unit_id])}?party={vehicle.party_id}"
    return reverse("customers:party-show", args=[vehicle.party_id])
