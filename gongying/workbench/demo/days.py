"""What the people of the demo have to do: visits made and planned, tasks, memos."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.estates.models import Unit
from gongying.schedule.operations import create_task, write_memo
from gongying.schedule.task_lines import understand
from gongying.visits.coverage import propose
from gongying.visits.operations import (
    NewNeed,
    confirm_visit,
    log_visit,
    miss_household,
    plan_afternoon,
    plan_visit,
    replan_visit,
)
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

AFTERNOON, EVENING = 14, 19
FIRST_DAYS = 80


def fill_the_days(cast: Cast, *, chance: random.Random, now: datetime) -> None:
    told = read("days")
    for login, entry in told["stewards"].items():
        _visit(cast[login], entry, told, chance, now)
        _plan(cast[login], entry, now)
    for login, lines in told["lines"].items():
        for line in lines:
            create_task(by=cast[login], **understand(line, user=cast[login]).facts())
    for task in told["given"]:
        due_at = now + timedelta(days=task["days"])
        create_task(
            by=cast[task["from"]], assignee=cast[task["to"]], title=task["title"], due_at=due_at, is_whole_day=True
        )
    for login, memos in told["memos"].items():
        for text in memos:
            write_memo(by=cast[login], text=text)


def _visit(
    steward: User, entry: Mapping[str, Any], told: Mapping[str, Any], chance: random.Random, now: datetime
) -> None:
    """A few households a week, in the fair order; now and then nobody is home, or there is something to be mended."""
    units = [proposal.unit for proposal in propose(steward, number=entry["made"])]
    for index, unit in enumerate(units):
        days = FIRST_DAYS - index * (FIRST_DAYS - 2) // len(units)
        with clock_at(_at(now - timedelta(days=days), chance.randint(AFTERNOON, EVENING - 1))):
            if index % told["missed_every"]:
                _met(unit, steward, told, index, last=len(units) - 1)
            else:
                _nobody_home(unit, steward, now)


def _met(unit: Unit, steward: User, told: Mapping[str, Any], index: int, *, last: int) -> None:
    said = told["visits"][index % len(told["visits"])]
    needs = [NewNeed(**told["need"])] if index == last else []
    head = unit.occupancies.current().values_list("head__name", flat=True).first()
    log_visit(unit, by=steward, persons=head or "", needs=needs, **said)


def _nobody_home(unit: Unit, steward: User, now: datetime) -> None:
    visit = plan_visit(unit, by=steward, planned_for=timezone.now() + timedelta(minutes=20))
    replan_visit(miss_household(visit, by=steward), by=steward, planned_for=_at(now + timedelta(days=1), EVENING))


def _plan(steward: User, entry: Mapping[str, Any], now: datetime) -> None:
    """An afternoon of today if it is still to come, and tomorrow's."""
    for days, number in ((0, entry["today"]), (1, entry["ahead"])):
        start = _at(now + timedelta(days=days), AFTERNOON)
        if start > now:
            units = [proposal.unit for proposal in propose(steward, number=number)]
            visits = plan_afternoon(units, by=steward, starts_at=start)
            confirm_visit(visits[0], by=steward)


def _at(day: datetime, hour: int) -> datetime:
    return timezone.localtime(day).replace(hour=hour, minute=0, second=0, microsecond=0)
