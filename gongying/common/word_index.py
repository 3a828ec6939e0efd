"""The index of words that also knows the week of each row: a frequent word is looked up week by week, from the newest back.

To look into a week costs about the same whether it holds the word or not. So it knows the spell of four weeks as well: of a word
that was frequent only long ago whole spells are passed over.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

WEEK = "floor(extract(epoch FROM {} AT TIME ZONE 'UTC') / 604800)::integer"
WEEKS_OF_SPELL = 4


def weeks_sql(moment: str) -> str:
    """What the index holds of a moment: its week, and below zero its spell."""
    week = WEEK.format(moment)
    return f"ARRAY[{week}, -({week} / {WEEKS_OF_SPELL})]"


class Weeks(models.Func):
    """The week and the spell of a moment, counted from 1970, as members of an array: what GIN can index beside words."""

    arity = 1
    template = weeks_sql("%(expressions)s")
    output_field = ArrayField(models.IntegerField())


class IsInWeek(models.Func):
    """Whether a moment is in the week that an outer statement calls `week`."""

    arity = 1
    template = f"{weeks_sql('%(expressions)s')} @> ARRAY[week]"
    output_field = models.BooleanField()


class WordIndex(GinIndex):
    """On the column `search`, with the week of the column `moment`, by which the rows are listed newest first."""

    def __init__(self, moment: str, *, name: str) -> None:
        super().__init__("search", Weeks(moment), name=name)
        self.moment = moment

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        path, _expressions, _options = super().deconstruct()
        return path, (self.moment,), {"name": self.name}
