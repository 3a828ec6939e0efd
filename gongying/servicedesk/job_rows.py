"""A worker's list of jobs: of each what the phone shows before it is opened, in words."""

from collections.abc import Callable
from typing import Any

from django.db.models import F
from django.urls import reverse

from gongying.accounts.models import User
from gongying.common.statements import values_of
from gongying.common.templatetags.formats import due, moment
from gongying.servicedesk.enums import WorkState
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.models.work import WorkOrderQuerySet
from gongying.servicedesk.request_rows import Row, names_of_places, of_request, shown_urgencies, where_in_words

SHOWN_TEXT = 80
DUE = {
    "due_at": F("service_request__next_due_at"),
    "due_soon_at": F("service_request__next_due_soon_at"),
    "due_paused": F("service_request__next_due_paused"),
}


def job_rows(user: User, name: str, jobs: Callable[[WorkOrderQuerySet], WorkOrderQuerySet]) -> list[Row]:
    """Of those she sees the ones that `jobs` takes, called `name`; nothing but the columns that are shown: whole jobs with
    their requests would cost more than the rest of the page.
    """
    places, urgencies = names_of_places(), shown_urgencies()
    states = {state: str(label) for state, label in WorkState.choices}
    address = reverse("servicedesk:work-order-show", args=[0])
    rows: list[Row] = values_of(user, name, lambda: _columns(jobs(WorkOrder.objects.visible_to(user))))
    for row in rows:
        row["url"] = address.replace("/0/", f"/{row['pk']}/")
        row["place"] = where_in_words(row, places)
        row["pressing"] = urgencies.get(row["urgency"], "")
        row["matter"] = " ".join(row["beginning"].split())[:SHOWN_TEXT]
        row["state_label"] = states[row["state"]]
        row["planned"] = moment(row["planned_from"])
        row["due"] = "" if row["due_paused"] else due(row["due_at"], row["due_soon_at"])
    return rows


def _columns(jobs: WorkOrderQuerySet) -> Any:
    return jobs.values("pk", "version", "state", "planned_from", **of_request(SHOWN_TEXT), **DUE)
