"""The index of words that also knows the week of each row: a frequent word is looked up week by week, from the newest back."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

WEEK = "floor(extract(epoch FROM {} AT TIME ZONE 'UTC') / 604800)::integer"
_WEEKS = f"ARRAY[{WEEK.format('%(expressions)s')}]"


class Weeks(models.Func):
    """The week of a moment, counted from 1970, as the only member of an array: what GIN can index beside words."""

    arity = 1
    template = _WEEKS
    output_field = ArrayField(models.IntegerField())


class IsInWeek(models.Func):
    """Whether a moment is in the week that an outer statement calls `week`."""

    arity = 1
    template = f"{_WEEKS} @> ARRAY[week]"
    output_field = models.BooleanField()


class WordIndex(GinIndex):
    """On the column `search`, with the week of the column `moment`, by which the rows are listed newest first."""

    def __init__(self, moment: str, *, name: str) -> None:
        super().__init__("search", Weeks(moment), name=name)
        self.moment = moment

    def deconstruct(self) -> tuple[str, tuple[str, ...], dict[str, str]]:
        path, _expressions, _options = super().deconstruct()
        return path, (self.moment,), {"name": self.name}
