"""Three months of touches and requests, each step at its own time through the operation that a person would use.

A case is played from its registration on; steps that would lie in the future are not taken, so that recent matters are
in every state by themselves. A few endings (`Ending`) make sure that all states of the three machines are there.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Project, Unit
from gongying.servicedesk.enums import NoteAudience, TransferReason
from gongying.servicedesk.models import SavedView, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    answer_at_once,
    chase_request,
    note_request,
    promise_answer,
    register_request,
    transfer_request,
)
from gongying.workbench.demo.cases import Case, Ending, steps_of
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.outside import tell_of_a_fault, tell_of_orders
from gongying.workbench.demo.sides import tell_of_sides
from gongying.workbench.demo.texts import read

TOUCHES_A_DAY = 4
KNOWN_UNIT = "2-1-301"
# On working days; a park has its matters every other day.
REQUESTS_A_DAY = {"YG": 2, "YQ": 1}
DESK = {"YG": "xiaozhao", "YQ": "xiaozheng"}
CHANNELS = ("phone", "phone", "counter", "wechat")
MORNING, EVENING = 8 * 60, 20 * 60
# A step so long after the one before it was put off on purpose, to an hour between these.
PUT_OFF, FIRST_HOUR, MORNING_HOURS, LAST_HOUR = timedelta(hours=3), 9, 3, 19
Say = Callable[[str], None]


@dataclass
class World:
    """What the story draws its callers from."""

    cast: Cast
    chance: random.Random
    now: datetime
    callers: dict[str, list[tuple[Unit, Party]]]
    matters: dict[str, list[dict[str, Any]]]
    categories: dict[str, ServiceCategory]

    def caller(self, code: str) -> tuple[Unit, Party]:
        return self.chance.choice(self.callers[code])


def tell_story(cast: Cast, *, chance: random.Random, now: datetime, days: int, say: Say) -> None:
    world = World(
        cast=cast,
        chance=chance,
        now=now,
        callers={code: list(_callers(project)) for code, project in cast.projects.items()},
        matters=_matters(),
        categories={category.code: category for category in ServiceCategory.objects.all()},
    )
    for day in range(days, -1, -1):
        if day % 10 == 0:
            say(f"-{day} d")
        _tell_day(world, day)
    for ending in Ending:
        for _again in range(2):
            _play(world, _request(world, "YG", _recently(world), ending))
    _tell_of_the_known(world)
    _tell_of_outside(world)
    _add_colour(world)
    tell_of_sides(cast, world.callers, now=now)


def _tell_of_the_known(world: World) -> None:
    """The household that every tour opens: a few touches, a repair that is done, one that runs, an answer promised."""
    unit = Unit.objects.get(project=world.cast.projects["YG"], code=KNOWN_UNIT)
    known = unit, next(party for place, party in world.callers["YG"] if place == unit)
    for days in (47, 26, 12, 5):
        _touch(world, "YG", world.now - timedelta(days=days, minutes=90), known)
    _touch(world, "YG", world.now - timedelta(hours=3), known, promises=True)
    _play(world, _request(world, "YG", world.now - timedelta(days=19), None, known))
    for ending in (Ending.ON_SITE, Ending.REPORTED):
        _play(world, _request(world, "YG", _recently(world), ending, known))


def _tell_of_outside(world: World) -> None:
    """A public fault at the entrance of the known household, and orders of 12345 about a household elsewhere."""
    callers, desk = world.callers["YG"], world.cast[DESK["YG"]]
    first = next(caller for caller in callers if caller[0].code == KNOWN_UNIT)
    here = [caller for caller in callers if caller[0].entrance_id == first[0].entrance_id and caller[0] != first[0]]
    elsewhere = next(caller for caller in callers if caller[0].building_id != first[0].building_id)
    tell_of_a_fault(first, here, by=desk, now=world.now)
    tell_of_orders(elsewhere, by=desk, now=world.now)


def _tell_day(world: World, day: int) -> None:
    moments = sorted(_moments(world, day, TOUCHES_A_DAY))
    for moment in moments:
        _touch(world, "YQ" if world.chance.random() < 0.2 else "YG", moment)  # noqa: PLR2004 one in five
    for code, number in REQUESTS_A_DAY.items():
        if code == "YQ" and day % 2:
            continue
        for moment in sorted(_moments(world, day, number)):
            _play(world, _request(world, code, moment, None))


def _moments(world: World, day: int, number: int) -> Iterator[datetime]:
    """Working hours of a day so many days ago; fewer at the weekend; nothing that lies in the future."""
    midnight = timezone.localtime(world.now).replace(hour=0, minute=0) - timedelta(days=day)
    if midnight.weekday() > 4:  # noqa: PLR2004 Saturday and Sunday
        number = number // 2 + 1
    for _each in range(number):
        moment = midnight + timedelta(minutes=world.chance.randint(MORNING, EVENING))
        if moment < world.now:
            yield moment


def _recently(world: World) -> datetime:
    return world.now - timedelta(minutes=world.chance.randint(10, 30))


def _next_morning(moment: datetime) -> datetime:
    return timezone.localtime(moment + timedelta(days=1)).replace(hour=11, minute=0)


def _touch(
    world: World, code: str, moment: datetime, caller: tuple[Unit, Party] | None = None, *, promises: bool = False
) -> None:
    words = read("touches")
    unit, party = caller or world.caller(code)
    common: dict[str, Any] = {"by": world.cast[DESK[code]], "project": unit.project, "unit": unit, "party": party}
    with clock_at(moment):
        if promises or (world.chance.random() < 0.1 and moment > world.now - timedelta(days=2)):  # noqa: PLR2004 one in ten
            channel, text, _promise = world.chance.choice(words["promised"])
            meeting = {"kind": "appointment", "owner": common["by"], "venue": str(unit)}
            promise_answer(**common, channel=channel, text=text, due_at=_next_morning(moment), **meeting)
        else:
            channel, text, answer = world.chance.choice(words["answered"])
            answer_at_once(**common, channel=channel, text=text, result=answer)


def _request(
    world: World, code: str, moment: datetime, ending: Ending | None, caller: tuple[Unit, Party] | None = None
) -> Case:
    chance = world.chance
    unit, party = caller or world.caller(code)
    matters = [m for m in world.matters[code] if ending is None or ending.suits(m)]
    if caller is not None:
        matters = [m for m in matters if m["place"] == "home" and m["kind"] == "repair"]
    month = timezone.localtime(moment).month
    weights = [m["weight"] if month in m.get("season", [month]) else 0 for m in matters]
    matter = chance.choices(matters, weights=weights)[0] if any(weights) else chance.choice(matters)
    desk = world.cast[DESK[code]]
    registration: dict[str, Any] = {
        "by": desk,
        "kind": matter["kind"],
        "category": world.categories[matter["code"]],
        "text": chance.choice(matter["texts"]),
        "channel": chance.choice(CHANNELS),
        "party": party,
        "requested_remedy": matter.get("remedy", ""),
    }
    if matter["place"] == "entrance":
        registration["entrance"] = unit.entrance
    else:
        registration["unit"] = unit
    with clock_at(moment):
        window_from = timezone.localtime(moment).replace(hour=14, minute=0) + timedelta(days=1)
        if matter["place"] == "home" and matter["kind"] == "repair" and chance.random() < 0.5:  # noqa: PLR2004 every other
            registration["window"] = (window_from, window_from + timedelta(hours=2))
        service_request = register_request(**registration)
    return Case(service_request, matter, moment, ending, desk=desk)


def _play(world: World, case: Case) -> None:
    at = case.registered_at
    for delay, act in steps_of(case, world.cast, world.chance):
        at += delay
        if delay >= PUT_OFF:
            at = _in_working_hours(at)
        if at >= world.now:
            return
        with clock_at(at):
            act()


def _in_working_hours(moment: datetime) -> datetime:
    """What was put off is done in the day: nobody calls a customer at night to ask how it went."""
    local = timezone.localtime(moment)
    if local.hour >= LAST_HOUR:
        local += timedelta(days=1)
    elif local.hour >= FIRST_HOUR:
        return moment
    return local.replace(hour=FIRST_HOUR + local.hour % MORNING_HOURS)


def _callers(project: Project) -> Iterator[tuple[Unit, Party]]:
    roles = PartyRole.objects.current().filter(project=project, unit__isnull=False).exclude(Q(role="family"))
    for role in roles.select_related("unit__entrance__building", "unit__project", "party").order_by("pk"):
        yield role.unit, role.party


def _matters() -> dict[str, list[dict[str, Any]]]:
    offices = [matter for matter in read("matters") if matter["place"] == "office"]
    homes = [matter for matter in read("matters") if matter["place"] != "office"]
    shared = [matter for matter in homes if matter["code"].startswith("service-other")]
    return {"YG": homes, "YQ": [*offices, *shared]}


def _add_colour(world: World) -> None:
    """What a lively desk has besides: notes, a chaser, a matter passed on, a view that colleagues share."""
    words, cast = read("touches"), world.cast
    fresh = ServiceRequest.objects.filter(project=cast.projects["YG"], party__isnull=False).open()
    running = list(fresh.filter(state__in=["accepted", "in_progress", "handling"]).order_by("-entered_at")[:8])
    for service_request in running[:4]:
        text = words["note"].format(name=service_request.party)
        note_request(service_request, by=cast["xiaozhao"], text=text, audience=NoteAudience.COLLEAGUES)
    for service_request in running[4:6]:
        chase_request(service_request, by=cast["xiaozhao"], channel="phone", text=words["chase"])
    for service_request in running[6:]:
        to: User = cast["lizhuguan"] if service_request.owner != cast["lizhuguan"] else cast["zhoujingli"]
        transfer_request(
            service_request, by=cast["xiaozhao"], to=to, reason=TransferReason.CUSTOMER, note=words["transfer_note"]
        )
    SavedView.objects.create(
        owner=cast["lizhuguan"],
        name=read("company")["saved_view"],
        query={"urgency": "urgent", "list": "open"},
        is_shared=True,
    )
