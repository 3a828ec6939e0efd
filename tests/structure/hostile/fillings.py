"""What must be written into a form that no word by itself says."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from gongying.servicedesk.models import ServiceItem
from tests.structure.hostile.cases import registering
from tests.structure.hostile.world import World
from tests.structure.lines.group_chats import ADDRESS

CHARGE = {
    "price": ["80"],
    "price_reason": ["多换了一个阀"],
    "customer_agreed": ["on"],
    "received": ["80"],
    "method": ["cash"],
    "receipt_no": [""],
}

FILLINGS: dict[str, Callable[[World], dict[str, list[str]]]] = {
    "handover:batch-new": lambda world: {
        "project": [str(world.cast.sunshine.pk)],
        "buildings": [str(world.cast.west_unit.building_id)],
        "completed_on": [in_days(-30)],
        "starts_on": [in_days(1)],
        "ends_on": [in_days(9)],
        "mend_days": ["30"],
    },
    "fitouts:file-create": lambda world: {
        "unit_code": [world.cast.unit.code],
        "applicant_phone": ["13800000000"],
        "foreman_phone": ["13800000000"],
        "starts_on": [in_days(1)],
        "ends_on": [in_days(30)],
    },
    "fitouts:file-permit": lambda _world: {"valid_from": [in_days(1)], "valid_until": [in_days(30)]},
    "fitouts:file-extend": lambda _world: {"valid_until": [in_days(60)]},
    "fitouts:extension-refuse": lambda _world: {"valid_until": [in_days(60)]},
    "fitouts:worker-create": lambda _world: {"phone": ["13800000000"]},
    "interactions:letter-new": lambda world: {"text_1": ["电梯异响"], "unit_1": [world.cast.unit.code]},
    "mediation:case-agree": lambda _world: {"filed_under": ["2026-17"], "check_on": [in_days(9)]},
    "handover:unit-arrange": lambda _world: {"starts_at": [f"{in_days(2)}T09:00"]},
    "authority:grant-new": lambda world: {
        "post": [""],
        "staff": [str(world.cast.receptionist.staff.pk)],
        "starts_on": [in_days(1)],
        "ends_on": [in_days(30)],
    },
    "authority:grant-edit": lambda _world: {"starts_on": [in_days(1)], "ends_on": [in_days(30)]},
    "group_chats:bot-new": lambda _world: {"address": [ADDRESS]},
    "group_chats:text-show": lambda world: {"bot": [str(world.sample.get("group_bot").pk)]},
    "custody:key-create": lambda world: {"unit_code": [world.cast.unit.code]},
    "custody:key-edit": lambda world: {"unit_code": [world.cast.unit.code]},
    "custody:loan-create": lambda _world: {"borrower_phone": ["13800000000"], "due_at": [f"{in_days(1)}T09:00"]},
    "custody:loan-extend": lambda _world: {"due_at": [f"{in_days(2)}T09:00"]},
    "custody:guest-list-create": lambda world: {"unit_code": [world.cast.unit.code], "pasted": ["王小明"]},
    "custody:guest-create": lambda world: {
        "unit_code": [world.cast.unit.code],
        "phone": ["13800000000"],
        "plate": ["京A12345"],
        "expected_at": [f"{in_days(1)}T09:00"],
        "valid_until": [f"{in_days(1)}T19:00"],
        "persons": ["2"],
    },
    "custody:mail-create": lambda world: {"unit_code": [world.cast.unit.code]},
    "custody:pass-create": lambda world: {
        "unit_code": [world.cast.unit.code],
        "carrier_phone": ["13800000000"],
        "plate": ["京A12345"],
        "valid_from": [in_days(1)],
        "valid_until": [in_days(2)],
    },
    "customers:role-create": lambda _world: {"role": ["contact"]},
    "customers:vehicle-end": lambda _world: {"on": [in_days(1)]},
    "interactions:interaction-show": lambda world: {"of": [str(world.sample.made["earlier"].pk)]},
    "organization:matters-show": lambda world: {"to_improvements": [str(world.cast.steward.staff.pk)]},
    "organization:departure-new": lambda _world: {"on": [in_days(1)]},
    "request merge": lambda world: {"number": [registering(world)().number]},
    "matter link": lambda world: {"number": [registering(world)().number]},
    "violation conclude": lambda _world: {"outcome": ["passed_on"]},
    "case price": lambda _world: {"price_agreed": ["on"], "agreed_amount": ["80"]},
    "work price": lambda _world: {"agreed": ["on"], "agreed_amount": ["80"]},
    "case charge": lambda _world: CHARGE,
    "work charge": lambda _world: CHARGE,
    "case quote": lambda world: {"item": [str(_free_service(world).pk)]},
    "case estimate": lambda _world: {"estimated_end": [f"{in_days(3)}T09:00"]},
    "work plan": lambda _world: {"planned_from": [f"{in_days(1)}T09:00"], "planned_to": [f"{in_days(1)}T11:00"]},
    "case dispatch": lambda _world: {"trade_reason": ["会修水管"]},
    "dispatch of many": lambda _world: {"trade_reason": ["会修水管"]},
    "work reassign": lambda world: {
        "doer": [str(world.cast.second_worker.staff.pk)],
        "trade_reason": ["会修水管"],
    },
}


def in_days(days: int) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def _free_service(world: World) -> ServiceItem:
    """What can be ordered without a price list."""
    service: ServiceItem = world.sample.get("service")
    ServiceItem.objects.filter(pk=service.pk).update(is_paid=False)
    return service
