"""What the company lets people decide, what it sells, and a few concessions: given at once, agreed to, refused, waiting."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gongying.authority.models import ApprovalRequest
from gongying.authority.operations import give_authority, grant_approval, refuse_approval
from gongying.common.clock import clock_at
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServiceRequest
from gongying.servicedesk.operations import concede, save_item, set_price
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.sides import price_the_hours
from gongying.workbench.demo.texts import read


def open_the_shop(cast: Cast, *, since: datetime) -> None:
    """Services with their prices, and who may decide what, from that day on."""
    with clock_at(since):
        price_the_hours(cast)
        for entry in read("services"):
            _offer(entry, cast)
        for grant in read("authority")["grants"]:
            give_authority(
                by=cast[grant["by"]],
                post=cast[grant["holder"]].staff.post,
                subject=grant["subject"],
                limit_amount=Decimal(grant["limit"]),
                per=grant["per"],
            )


def concede_here_and_there(cast: Cast, *, chance: random.Random, now: datetime) -> None:
    """In open matters of the last days; the last one still waits for somebody's word."""
    told = read("authority")["concessions"]
    open_ones = (
        ServiceRequest.objects.open()
        .filter(project=cast.projects["YG"], kind="repair", party__isnull=False)
        .order_by("-pk")
    )
    chosen = chance.sample(list(open_ones[: 3 * len(told)]), len(told))
    for position, (entry, service_request) in enumerate(zip(told, chosen, strict=True)):
        at = max(now - timedelta(hours=2 * (len(told) - position)), service_request.touched_at)
        _concede(entry, service_request, cast, min(at, now - timedelta(minutes=40)))


def _offer(entry: dict[str, Any], cast: Cast) -> None:
    item = ServiceItem(
        code=entry["code"],
        name=entry["name"],
        category=ServiceCategory.objects.get(code=entry["category"]),
        measure=entry["measure"],
        promised_minutes=entry["minutes"],
        description=entry["covers"],
    )
    save_item(item, by=cast.admin)
    set_price(item, project=None, amount=Decimal(entry["price"]), by=cast.admin)


def _concede(entry: dict[str, Any], service_request: ServiceRequest, cast: Cast, at: datetime) -> None:
    with clock_at(at):
        outcome = concede(
            service_request,
            subject=entry["subject"],
            amount=Decimal(entry["amount"]),
            reason=entry["reason"],
            by=cast[entry["by"]],
        )
    if isinstance(outcome, ApprovalRequest) and "decided_by" in entry:
        decide = refuse_approval if entry.get("refused") else grant_approval
        with clock_at(at + timedelta(minutes=entry["minutes"])):
            decide(outcome, by=cast[entry["decided_by"]], note=entry["note"])
