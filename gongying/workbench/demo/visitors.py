"""Who came to the counter in the last days: received after a while, or gone before anybody had turned to them."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.estates.models import Unit
from gongying.reception.models import VisitPurpose
from gongying.reception.operations import attend_ticket, finish_ticket, record_departure, register_arrival
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

DESK = {"YG": "xiaozhao", "YQ": "xiaozheng"}
OPENS, CLOSES = 9, 17


def receive_visitors(cast: Cast, *, chance: random.Random, now: datetime) -> None:
    told = read("visitors")
    for days in range(told["days"], 0, -1):
        for code in DESK:
            # One after another: nobody receives two at once.
            arrived_at = _morning(now, days)
            for entry in chance.choices(told["visits"], k=told["a_day"]):
                arrived_at += timedelta(minutes=chance.randint(40, (CLOSES - OPENS) * 60 // told["a_day"]))
                _receive(entry, code, cast, chance=chance, at=arrived_at)


def _morning(now: datetime, days: int) -> datetime:
    day = timezone.localtime(now) - timedelta(days=days)
    return day.replace(hour=OPENS, minute=0, second=0, microsecond=0)


def _receive(entry: Mapping[str, Any], code: str, cast: Cast, *, chance: random.Random, at: datetime) -> None:
    desk, project = cast[DESK[code]], cast.projects[code]
    units = Unit.objects.filter(project=project).order_by("pk")
    with clock_at(at):
        purpose = VisitPurpose.objects.offered_in(project).get(key=entry["purpose"])
        unit = None if "left" in entry else units[chance.randrange(units.count())]
        ticket = register_arrival(by=desk, project=project, purpose=purpose, unit=unit)
    received_at = at + timedelta(minutes=chance.randint(*entry["waits"]))
    with clock_at(received_at):
        if "left" in entry:
            record_departure(ticket, by=desk)
            return
        attend_ticket(ticket, by=desk)
    with clock_at(received_at + timedelta(minutes=chance.randint(*entry["takes"]))):
        finish_ticket(ticket, by=desk, result=entry["result"])
