"""A colleague sits down at a counter; the visitors she receives from then on are called there."""

from django.db import transaction

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.events.operations import push_on_commit
from gongying.reception.models import CounterSeat
from gongying.reception.operations.desk import desk_key


@transaction.atomic
def sit_at(project: Project, *, by: User, counter: str) -> str:
    """At this counter, or, without a name, at none."""
    seats = CounterSeat.objects.filter(project=project, user=by)
    counter = counter.strip()
    if counter:
        CounterSeat.objects.update_or_create(project=project, user=by, defaults={"counter": counter})
    else:
        seats.delete()
    push_on_commit([desk_key(project.pk)])
    return counter


def counter_of(project_id: int, user: User) -> str:
    """Where she sits there; empty: she has not said."""
    seat = CounterSeat.objects.filter(project=project_id, user=user).first()
    return seat.counter if seat else ""
