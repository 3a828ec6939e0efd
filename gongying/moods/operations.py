"""The mood of the week is told or declined. Neither writes an event: see `models`."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.moods.enums import Mood
from gongying.moods.models import MoodTally, Participation, week_of
from gongying.organization.access import staff_of


@transaction.atomic
def tell_mood(mood: Mood, *, by: User) -> None:
    """Count one answer where `by` works this week; nothing leads from it back to her."""
    staff = staff_of(by)
    if staff is None:
        raise Refused(_("Only who works here is asked."))
    week = week_of()
    _take_part(by, week=week)
    served = list(Project.objects.visible_to(by)[:2])
    tally, _is_new = MoodTally.objects.get_or_create(
        week=week, project=served[0] if len(served) == 1 else None, department=staff.department
    )
    MoodTally.objects.filter(pk=tally.pk).update(**{mood.column: F(mood.column) + 1})


@transaction.atomic
def decline_mood(*, by: User) -> None:
    """Not to be asked again this week."""
    _take_part(by, week=week_of())


def _take_part(user: User, *, week: date) -> None:
    _row, is_first = Participation.objects.get_or_create(user=user, week=week)
    if not is_first:
        raise Refused(_("You were asked this week already."))
