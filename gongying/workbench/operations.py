from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.common.models import Trouble
from gongying.events.operations import record_event
from gongying.notifications.operations import notify
from gongying.organization.models import StaffMember
from gongying.organization.rules import MANAGE_ROLES
from gongying.workbench.upkeep import checks


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="watch_system", pass_context=False)
def watch_system_later(timestamp: int) -> None:
    watch_system()


@transaction.atomic
def watch_system() -> None:
    """Tell the administrators of each trouble once when it begins, and once when it is over."""
    with connection.cursor() as cursor:  # of two workers at the same time one tells
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('watch_system'))")
    found = {check.key for check in checks() if check.is_wrong}
    known = {trouble.key: trouble for trouble in Trouble.objects.filter(until=None)}
    for key in sorted(found - set(known)):
        Trouble.objects.create(key=key)
        _tell("system.troubled", key)
    for key in sorted(set(known) - found):
        known[key].until = timezone.now()
        known[key].save(update_fields=["until"])
        _tell("system.recovered", key)


def _tell(verb: str, key: str) -> None:
    staff = StaffMember.objects.with_permission(MANAGE_ROLES).select_related("user")
    notify(record_event(verb, by=None, subjects=[], key=key), to=[member.user for member in staff])
