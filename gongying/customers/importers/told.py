"""What a row of an owner list brings, in the one line that the preview shows of it."""

from collections import Counter
from collections.abc import Iterator, Sequence

from django.db.models import Model
from django.utils.translation import gettext as _

from gongying.common.templatetags.formats import square_metres
from gongying.customers.models import ContactPoint, Occupancy, PartyRole, Vehicle
from gongying.estates.models import Unit


def told(unit: Unit, new: Sequence[Model]) -> str:
    """The unit and all that is new about it. Of numbers only how many: the preview is no list of phones."""
    return " · ".join([unit.code, *filter(None, _parts(new))])


def _parts(new: Sequence[Model]) -> Iterator[str]:
    counts = Counter(map(type, new))
    for row in new:
        if isinstance(row, Unit):
            yield _("new unit")
            yield square_metres(row.gross_area_m2)
        elif isinstance(row, Occupancy):
            yield row.get_kind_display()
        elif isinstance(row, PartyRole):
            yield f"{row.get_role_display()} {row.party.name}"
        elif isinstance(row, Vehicle):
            yield f"{row._meta.verbose_name} {row.plate}"
    if numbers := counts[ContactPoint]:
        yield _("phone numbers: %(count)s") % {"count": numbers}
