"""What is planned for a thing, as far as somebody sees it.

Mostly nothing is, and that is found out for a third of what it costs to work out who may see it.
"""

from django.db.models import Q, QuerySet
from django.utils import timezone

from gongying.accounts.models import User
from gongying.schedule.models import CalendarEvent, Task


def events_about(about: Q, user: User) -> QuerySet[CalendarEvent]:
    """That are not over yet."""
    coming = CalendarEvent.objects.planned().filter(about, during__endswith__gt=timezone.now())
    if not coming.exists():
        return coming.none()
    return coming.visible_to(user).select_related("organizer").order_by("during", "pk")


def tasks_about(about: Q, user: User) -> QuerySet[Task]:
    tasks = Task.objects.open().filter(about)
    return tasks.visible_to(user).for_list(user).order_by("due_at", "pk") if tasks.exists() else tasks.none()
