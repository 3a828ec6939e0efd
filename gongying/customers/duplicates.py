"""Is this person on file already? The same number, or the same name in the same unit."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from gongying.common.text import normalise
from gongying.customers.enums import ContactKind
from gongying.customers.models import ContactPoint, Party, PartyRole
from gongying.estates.models import Unit

MOST = 5


def possible_duplicates(
    user: Any,
    *,
    name: str = "",
    phones: Iterable[str] = (),
    unit: Unit | None = None,
    except_party: Party | None = None,
) -> QuerySet[Party]:
    """Files that the user may see and that may be of the same customer."""
    condition = Q(pk__in=[])
    if values := list(phones):
        numbers = ContactPoint.objects.filter(kind=ContactKind.PHONE, value__in=values)
        condition |= Q(pk__in=numbers.values("party"))
    if name.strip() and unit is not None:
        here = PartyRole.objects.filter(party=OuterRef("pk"), unit=unit)
        condition |= Q(Exists(here), name_key=normalise(name)[:100])
    found = Party.objects.visible_to(user).live().filter(condition)
    if except_party is not None:
        found = found.exclude(pk=except_party.pk)
    return found.prefetch_related("contact_points", "roles__unit").order_by("pk")[:MOST]
