"""The numbers above the sections of the first page; each opens exactly its rows."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.paging import Count
from gongying.common.permissions import may
from gongying.estates.scopes import serves_parts
from gongying.servicedesk.models import HotlineOrder, ServiceRequest, Standing
from gongying.servicedesk.worklists import COMPLAINTS, STOCKS, WORK_LISTS
from gongying.visits.models.visits import start_of
from gongying.workbench.look import COUNTED, PRESENT, Asked, Look, asked, number_asked
from gongying.workbench.my_day import day_figures
from gongying.workbench.sections import Figure

LISTS = {work_list.key: work_list for work_list in WORK_LISTS}
ONE_DAY = timedelta(days=1)
SEE = "servicedesk.view_requests"
OVERSEES = "servicedesk.decide_follow_up"


def stock(key: str) -> Asked:
    """How many rows of a work list she sees."""
    return Asked(lambda user: LISTS[key].of(user, at=PRESENT), COUNTED, name=f"stock {key}", is_number=True)


STOCK = {key: stock(key) for key in STOCKS}


@number_asked
def open_complaints(user: User) -> Any:
    return ServiceRequest.objects.visible_to(user).open().complaints()


@number_asked
def orders_due_today(user: User) -> Any:
    return HotlineOrder.objects.visible_to(user).due_today()


def _came_on(user: User, day: date) -> Any:
    start, end = start_of(day), start_of(day + ONE_DAY)
    return ServiceRequest.objects.visible_to(user).filter(entered_at__gte=start, entered_at__lt=end)


@number_asked
def came_today(user: User) -> Any:
    return _came_on(user, timezone.localdate())


@number_asked
def came_yesterday(user: User) -> Any:
    return _came_on(user, timezone.localdate() - ONE_DAY)


@number_asked
def complaints_today(user: User) -> Any:
    return _came_on(user, timezone.localdate()).complaints()


@number_asked
def complaints_yesterday(user: User) -> Any:
    return _came_on(user, timezone.localdate() - ONE_DAY).complaints()


@asked()
def evening_before(user: User) -> Any:
    """How much lay there when yesterday ended; nothing for who serves only parts of a project, or where no worker counted."""
    if serves_parts(user):
        return Standing.objects.none()
    rows = Standing.objects.visible_to(user).filter(day=timezone.localdate() - ONE_DAY)
    return rows.order_by().values_list("key").annotate(n=Sum("number"))


LISTS_OF_REQUESTS = (*STOCK.values(), open_complaints, orders_due_today)
LISTS_OF_OVERSEERS = (evening_before, came_today, came_yesterday, complaints_today, complaints_yesterday)


def lists_of_figures(user: User) -> Iterator[Asked]:
    if may(user, SEE):
        yield from LISTS_OF_REQUESTS
        if may(user, OVERSEES):
            yield from LISTS_OF_OVERSEERS


def figures_of(look: Look) -> list[Figure]:
    """One's own day, then counts for those who look at the whole; each opens exactly its rows."""
    made = day_figures(look)
    if not may(look.user, SEE):
        return made
    before = stood_yesterday(look)
    for key, counted in STOCK.items():
        count = look.count(counted)
        is_late = key in ("escalated", "overdue") and count.number > 0
        made.append(Figure(LISTS[key].label, count, list_url(list=key), is_late=is_late, before=before.get(key)))
    url = list_url(list="open", kind="complaint")
    made.append(Figure(_("complaints, open"), look.count(open_complaints), url, before=before.get(COMPLAINTS)))
    return [*made, *orders_due(look), *of_today_and_yesterday(look)]


def stood_yesterday(look: Look) -> dict[str, Count]:
    found = dict(look.found(evening_before)) if may(look.user, OVERSEES) else {}
    return {key: Count(found.get(key, 0), is_exact=True) for key in (*STOCKS, COMPLAINTS)} if found else {}


def orders_due(look: Look) -> list[Figure]:
    """Of 12345 and other offices: what is to be answered today, or should have been."""
    count = look.count(orders_due_today)
    url = f"{reverse('servicedesk:order-index')}?due=today"
    return [Figure(_("outside orders due today"), count, url, is_late=True)] if count.number else []


def of_today_and_yesterday(look: Look) -> list[Figure]:
    """What came in today, for those who answer for others, with yesterday's beside."""
    if not may(look.user, OVERSEES):
        return []
    today = timezone.localdate()
    asked_for = {"entered_from": today, "entered_to": today}
    counts = [look.count(each) for each in (came_today, came_yesterday, complaints_today, complaints_yesterday)]
    return [
        Figure(_("registered today"), counts[0], list_url(**asked_for), before=counts[1]),
        Figure(_("complaints today"), counts[2], list_url(**asked_for, kind="complaint"), before=counts[3]),
    ]


def list_url(**filters: Any) -> str:
    return f"{reverse('servicedesk:request-index')}?{urlencode(filters)}"
