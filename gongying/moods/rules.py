from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.moods.models import Participation, week_of
from gongying.organization.access import staff_of

SEE_TREND = "moods.see_trend"

PERMISSIONS = {SEE_TREND: _("see how the mood of the staff goes, never of fewer than five")}


def is_asked(user: User) -> bool:
    """Who works here, once a week, until she has answered or does not want to."""
    return staff_of(user) is not None and not answers_this_week(user).exists()


def answers_this_week(user: User) -> QuerySet[Participation]:
    """That she told her mood, or does not want to."""
    return Participation.objects.filter(user=user.pk, week=week_of())
