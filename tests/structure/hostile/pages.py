"""The pages whose forms are tried: those of the URL table, the steps of a case, and some that need a query."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from itertools import starmap
from typing import Any

from django.urls import reverse
from django.utils import timezone

from gongying.authority.operations import use_authority
from gongying.briefings.operations import report_upwards
from gongying.custody.models.guests import guest_token
from gongying.custody.operations import announce_guest
from gongying.customers.models import Party
from gongying.customers.operations import create_party
from gongying.estates.models import Unit
from gongying.imports.models import ImportRun
from gongying.organization.models import Territory
from gongying.reception.operations import attend_ticket
from gongying.schedule.operations import name_day, put_on_duty
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.ratings import rating_token
from tests.imports.pipeline import uploaded
from tests.servicedesk.walks import work_in
from tests.structure.hostile.cases import addresses_of_steps, registering
from tests.structure.hostile.fillings import FILLINGS, in_days
from tests.structure.hostile.world import World
from tests.structure.lines.claims import a_granted_claim
from tests.structure.lines.faults import a_fault_call
from tests.structure.lines.improvements import an_item
from tests.structure.lines.interactions import an_interaction
from tests.structure.lines.reception import a_ticket
from tests.structure.lines.visits import a_met_visit
from tests.structure.url_matrix import Line, lines, path_of


@dataclass(frozen=True)
class Page:
    key: str
    address: Callable[[World], str]
    turn: int = 0  # its place among the pages: which of the values are its

    @property
    def is_refused(self) -> bool:
        """Whether there is nothing to be seen for anybody in the world of these tests."""
        return self.key in REFUSED

    def filling(self, world: World) -> dict[str, list[str]]:
        """What must be written into its form that no word by itself says."""
        return FILLINGS[self.key](world) if self.key in FILLINGS else {}

    def __str__(self) -> str:
        return self.key


def _busy_colleague(world: World) -> None:
    """Somebody with whom a matter lies."""
    an_item(world.sample, owner=world.sample.get("staff").user)


def _on_duty_last_week(world: World) -> None:
    """What the week can be copied from."""
    start = timezone.now() - timedelta(days=7)
    times = {"starts_at": start, "ends_at": start + timedelta(hours=8)}
    put_on_duty(world.sample.get("duty_post"), staff=world.cast.worker.staff, by=world.actor, **times)


def _sold_unit(world: World) -> None:
    """What a hand-over of its building takes."""
    Unit.objects.filter(pk=world.cast.west_unit.pk).update(state="sold")


def _a_report(world: World) -> Any:
    """What the actor may answer."""
    words = {"title": "电梯反复故障", "text": "三天困人两次"}
    return report_upwards(world.sample.unit.project, by=world.cast.worker, **words)


# What must be there before the form of a page can be sent at all.
PREPARED: dict[str, Callable[[World], Any]] = {
    "briefings:briefing-show": lambda world: world.sample.made.update(briefing=_a_report(world)),
    "interactions:interaction-show": lambda world: world.sample.made.update(earlier=an_interaction(world.sample)),
    "imports:import-show": lambda world: world.sample.made.update({"import": _import_to_map(world)}),
    "servicedesk:claim-pay": lambda world: world.sample.made.update(claim=a_granted_claim(world.sample)),
    "custody:guest-confirm": lambda world: world.sample.made.update(
        guest_pass=announce_guest(world.sample.unit, by=world.actor, name="王阿姨")
    ),
    "custody:key-show": lambda world: world.sample.made.update(key=world.sample.get("key_loan").key),
    "customers:attribute-create": lambda world: world.sample.get("consent"),
    "customers:party-destroy": lambda world: world.sample.made.update(party=_new_file(world)),
    "organization:matters-show": _busy_colleague,
    "schedule:year-complete": lambda world: name_day(date(2027, 1, 1), kind="holiday", by=world.actor),
    "schedule:roster-show": _on_duty_last_week,
    "group_chats:text-show": lambda world: world.sample.get("group_bot"),
    "visits:visit-show": lambda world: world.sample.made.update(home_visit=a_met_visit(world.sample)),
    "handover:batch-new": _sold_unit,
    "checklists:run-index": lambda world: world.sample.get("post"),
    "reception:desk-show": lambda world: attend_ticket(a_ticket(world.sample), by=world.actor),
    "customers:identity-reveal": lambda world: world.sample.made.update(party=_new_file(world, id_number="110101")),
}


# Pages that refuse everybody (4xx) as things stand here, with the reason.
REFUSED = {
    "imports:export-file": "its worker has not written it yet; tests/imports downloads one",
    "files:thumbnail-show": "the sample is no photo; tests/files looks at one",
    "authority:figure-rows": 'no figure is named; "rows of an approval figure" is the same with one',
    "reports:row-index": 'no figure is named; "rows of a figure" is the same with one',
    "reports:score-index": 'no sort is named; "scores of a box" is the same with one',
    "servicedesk:hand-over": 'nothing is left of the line\'s owner; "hand over" is the same with something left',
}


def _gate_with_a_guest(world: World) -> str:
    return f"{reverse('custody:gate-show')}?q={world.sample.get('guest_pass').number}"


def _own_page_of_a_guest(world: World) -> str:
    return reverse("custody:guest-own", args=[guest_token(world.sample.get("guest_pass"))])


def _gate_with_a_pass(world: World) -> str:
    return f"{reverse('custody:gate-show')}?q={world.sample.get('release_pass').number}"


def _new_file(world: World, **more: Any) -> Party:
    unit = world.cast.unit
    return create_party(by=world.actor, name="新来的", project=unit.project, unit=unit, **more)


def _of_the_table() -> list[Page]:
    return [
        Page(line.key, partial(_address_of, line))
        for line in lines()
        if line.method == "GET" and not line.is_api and line.key != "common:styleguide-show"  # shows forms, takes none
    ]


def _address_of(line: Line, world: World) -> str:
    if line.key in PREPARED:
        PREPARED[line.key](world)
    return path_of(line, world.sample)


def _marked(name: str) -> Callable[[World], str]:
    return lambda world: f"{reverse(name)}?marked={world.sample.get('request').pk}"


def _scope_move(world: World) -> str:
    path = reverse("territories:scope-move", args=[world.sample.get("scope").pk])
    to = Territory.objects.create(name="南区")
    return f"{path}?to={to.pk}&on={in_days(1)}"


def _left_behind(world: World) -> str:
    """A request of a colleague who does not serve its place any more."""
    request = registering(world)()
    ServiceRequest.objects.filter(pk=request.pk).update(owner=world.cast.outsider)
    whole = Territory.objects.get(name="阳光小区全区")
    return reverse("servicedesk:hand-over", args=[whole.pk, world.cast.outsider.pk])


def _dispatch_of_a_leak(world: World) -> str:
    """A job for which there are candidates, with one of them chosen."""
    path = reverse("servicedesk:dispatch-show", args=[work_in("open", world.cast, registering(world)).pk])
    return f"{path}?to=staff-{world.cast.worker.staff.pk}"


def _rating_at_the_door(world: World) -> str:
    return reverse("servicedesk:door-rating", args=[rating_token(work_in("done", world.cast, registering(world)))])


def _asked_by_a_colleague(world: World) -> str:
    """Nobody decides about her own."""
    asked = use_authority(
        registering(world)(), subject="goodwill", amount=Decimal(999), reason="又漏了", by=world.cast.receptionist
    )
    return reverse("authority:approval-show", args=[asked.pk])


def _ended_fault(world: World) -> str:
    """Whoever called is to be told."""
    return reverse("servicedesk:fault-show", args=[a_fault_call(world.sample).fault_id])


def _import_to_map(world: World) -> ImportRun:
    rows = [["楼栋", "单元", "房号", "业主姓名", "联系电话"], ["5", "1", "301", "张三", "13800138000"]]
    return uploaded("customers.units", world.cast.sunshine, world.actor, rows)


_ALL = [
    *_of_the_table(),
    *starmap(Page, addresses_of_steps()),
    Page("entry at a unit", lambda world: f"{reverse('servicedesk:entry-new')}?unit={world.cast.unit.pk}"),
    Page(
        "entry of a complaint",
        lambda world: f"{reverse('servicedesk:entry-new')}?unit={world.cast.unit.pk}&kind=complaint",
    ),
    Page("dispatch of a leak", _dispatch_of_a_leak),
    Page(
        "defect that is mended",
        lambda world: reverse("handover:defect-show", args=[world.sample.get("mended_defect").pk]),
    ),
    Page("rating at the door", _rating_at_the_door),
    Page("dispatch of many", _marked("servicedesk:bulk-dispatch")),
    Page("transfer of many", _marked("servicedesk:bulk-transfer")),
    Page("hand over", _left_behind),
    Page("approval of a colleague", _asked_by_a_colleague),
    Page("callers after a fault", _ended_fault),
    Page("the gate with a pass", _gate_with_a_pass),
    Page("a guest's own page", _own_page_of_a_guest),
    Page("the gate with a guest", _gate_with_a_guest),
    Page("rows of a figure", lambda _world: f"{reverse('reports:row-index')}?measure=closed"),
    Page(
        "rows of an approval figure",
        lambda _world: f"{reverse('authority:figure-rows')}?figure=asked&subject=goodwill",
    ),
    Page("scores of a box", lambda _world: f"{reverse('reports:score-index')}?sort=category"),
    Page(
        "service times of a project",
        lambda world: f"{reverse('servicedesk:service-time-index')}?project={world.cast.sunshine.pk}",
    ),
    Page("scope move, looked at", _scope_move),
    Page("log-in", lambda _world: reverse("account_login")),
    Page("password", lambda _world: reverse("account_change_password")),
    Page("one more time", lambda _world: reverse("account_reauthenticate")),
    Page("second factor", lambda _world: reverse("mfa_activate_totp")),
]
PAGES = [replace(page, turn=turn) for turn, page in enumerate(_ALL)]
