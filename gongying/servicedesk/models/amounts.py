"""What holds from a day on, for the company or in one project of its own: prices and rates."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Q

from gongying.common.models import DatedQuerySet
from gongying.common.money import to_fen
from gongying.estates.models import Project

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

OWN_FIRST = F("project").asc(nulls_last=True)


class AmountQuerySet(DatedQuerySet):
    def visible_to(self, user: "AnyUser") -> Self:
        """The company's, and those of the user's projects."""
        return self.filter(Q(project=None) | Q(project__in=Project.objects.visible_to(user)))

    def holding_in(self, project_id: int) -> Self:
        """The project's own first, then the company's."""
        return self.filter(Q(project=None) | Q(project=project_id)).order_by(OWN_FIRST, "pk")

    def begin(self, *, amount: Any, starts_on: date, **scope: Any) -> Any:
        """The amount of a scope from a day on: the one that held ends there, those planned for later are gone."""
        rows = self.filter(**scope)
        rows.filter(during__startswith__gte=starts_on).delete()
        for row in rows.on(starts_on):
            row.during, row.version = DateRange(row.starts_on, starts_on), F("version") + 1
            row.save(update_fields=["during", "version"])
        return self.create(**scope, amount=to_fen(amount), during=DateRange(starts_on, None))
