"""The numbers above the sections of the first page; each opens exactly its rows."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.paging import Count, bounded_count, bounded_counts
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.estates.scopes import projects_served_whole
from gongying.servicedesk.models import HotlineOrder, ServiceRequest, Standing
from gongying.servicedesk.worklists import COMPLAINTS, STOCKS, WORK_LISTS
from gongying.visits.models.visits import start_of
from gongying.workbench.my_day import day_figures
from gongying.workbench.sections import Figure

LISTS = {work_list.key: work_list for work_list in WORK_LISTS}
ONE_DAY = timedelta(days=1)
OVERSEES = "servicedesk.decide_follow_up"


def figures_for(user: User) -> list[Figure]:
    """One's own day, then counts for those who look at the whole; each opens exactly its rows."""
    made = day_figures(user)
    if not may(user, "servicedesk.view_requests"):
        return made
    before = stood_yesterday(user)
    open_complaints = ServiceRequest.objects.visible_to(user).open().complaints()
    *stocks, complaints = bounded_counts([*(LISTS[key].of(user) for key in STOCKS), open_complaints])
    for key, count in zip(STOCKS, stocks, strict=True):
        is_late = key in ("escalated", "overdue") and count.number > 0
        made.append(Figure(LISTS[key].label, count, list_url(list=key), is_late=is_late, before=before.get(key)))
    url = list_url(list="open", kind="complaint")
    made.append(Figure(_("complaints, open"), complaints, url, before=before.get(COMPLAINTS)))
    return [*made, *orders_due(user), *of_today_and_yesterday(user)]


def stood_yesterday(user: User) -> dict[str, Count]:
    """How much lay there when yesterday ended; nothing for who serves only parts of a project, or where no worker counted."""
    if not may(user, OVERSEES):
        return {}
    rows = Standing.objects.visible_to(user).filter(day=timezone.localdate() - ONE_DAY)
    if (
        not rows.exists()
        or Project.objects.visible_to(user).difference(projects_served_whole(user).order_by()).exists()
    ):
        return {}
    found = dict(rows.values_list("key").annotate(n=Sum("number")))
    return {key: Count(found.get(key, 0), is_exact=True) for key in (*STOCKS, COMPLAINTS)}


def orders_due(user: User) -> list[Figure]:
    """Of 12345 and other offices: what is to be answered today, or should have been."""
    count = bounded_count(HotlineOrder.objects.visible_to(user).due_today())
    url = f"{reverse('servicedesk:order-index')}?due=today"
    return [Figure(_("outside orders due today"), count, url, is_late=True)] if count.number else []


def of_today_and_yesterday(user: User) -> list[Figure]:
    """What came in today, for those who answer for others, with yesterday's beside."""
    if not may(user, OVERSEES):
        return []
    today = timezone.localdate()
    days = [(start_of(today), today), (start_of(today - ONE_DAY), today - ONE_DAY)]
    came = [
        ServiceRequest.objects.visible_to(user).filter(entered_at__gte=start, entered_at__lt=start_of(day + ONE_DAY))
        for start, day in days
    ]
    complaints = [rows.complaints() for rows in came]
    counts = bounded_counts([*came, *complaints])
    asked = {"entered_from": today, "entered_to": today}
    return [
        Figure(_("registered today"), counts[0], list_url(**asked), before=counts[1]),
        Figure(_("complaints today"), counts[2], list_url(**asked, kind="complaint"), before=counts[3]),
    ]


def list_url(**filters: Any) -> str:
    return f"{reverse('servicedesk:request-index')}?{urlencode(filters)}"
