"""Claims for compensation of the demo: granted and paid, refused, waiting; and one evening on which a colleague was abused."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from gongying.common.clock import clock_at
from gongying.customers.operations import record_abuse, settle_abuse
from gongying.reception.operations import sit_at
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import decide_claim, pay_claim, raise_claim, refuse_claim
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read


def sit_down(cast: Cast) -> None:
    """The counters to which the screen of the waiting area calls."""
    for seat in read("claims")["seats"]:
        sit_at(cast.projects["YG"], by=cast[seat["by"]], counter=seat["counter"])


def claim_here_and_there(cast: Cast, *, chance: random.Random, now: datetime) -> None:
    told = read("claims")["claims"]
    rows = ServiceRequest.objects.open().filter(project=cast.projects["YG"], kind="repair", party__isnull=False)
    chosen = chance.sample(list(rows.order_by("-pk")[: 3 * len(told)]), len(told))
    for position, (entry, service_request) in enumerate(zip(told, chosen, strict=True)):
        at = max(now - timedelta(hours=3 * (len(told) - position)), service_request.touched_at)
        _claim(entry, service_request, cast, min(at, now - timedelta(minutes=30)))


def abuse_a_colleague(cast: Cast, *, now: datetime) -> None:
    for entry in read("claims")["abuse"]:
        at = now - timedelta(hours=entry["hours"])
        with clock_at(at):
            facts = {name: entry[name] for name in ("kind", "words", "who", "wants_relief")}
            abuse = record_abuse(cast.projects["YG"], by=cast[entry["by"]], **facts)
        if "settled" in entry:
            with clock_at(at + timedelta(hours=2)):
                settle_abuse(abuse, by=cast["lizhuguan"], settlement=entry["settled"])


def _claim(entry: dict[str, Any], service_request: ServiceRequest, cast: Cast, at: datetime) -> None:
    facts = {name: entry[name] for name in ("ground", "reason", "claimant")}
    with clock_at(at):
        claim = raise_claim(service_request, by=cast["xiaozhao"], amount=Decimal(entry["amount"]), **facts)
    by = cast["lizhuguan"]
    with clock_at(at + timedelta(minutes=10)):
        if "granted" in entry:
            claim = decide_claim(claim, by=by, amount=Decimal(entry["granted"]), reason=entry["why"])
        elif "why" in entry:
            refuse_claim(claim, by=by, reason=entry["why"])
    if "paid" in entry and claim.granted is not None:
        with clock_at(at + timedelta(minutes=20)):
            pay_claim(claim, by=by, how=entry["paid"])
