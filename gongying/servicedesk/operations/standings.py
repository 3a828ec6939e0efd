"""What stood in the lists when a day ended, kept for the day after."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.servicedesk.models import Standing
from gongying.servicedesk.worklists import stocks

ONE_DAY = timedelta(days=1)
# Whoever comes later than this no longer finds what stood there at midnight.
LATEST_HOUR = 6


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="keep_standings", pass_context=False)
def keep_standings_later(timestamp: int) -> None:
    if timezone.localtime().hour < LATEST_HOUR:
        keep_standings(timezone.localdate() - ONE_DAY)


@transaction.atomic
def keep_standings(day: date) -> int:
    """Count every list of every project, one statement each; once for each day, however often asked. How many numbers."""
    if Standing.objects.filter(day=day).exists():
        return 0
    found = [
        Standing(day=day, project_id=project_id, key=key, number=number)
        for key, rows in stocks().items()
        for project_id, number in rows.order_by().values("project").annotate(n=Count("pk")).values_list("project", "n")
    ]
    return len(Standing.objects.bulk_create(found, ignore_conflicts=True))
