"""Fit-outs of the demo: one in works with a finding, one past its date, one that waits for its permit, one accepted."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.clock import clock_at
from gongying.custody.operations import issue_pass
from gongying.estates.models import Unit
from gongying.fitouts import operations as do
from gongying.fitouts.models import FitOut
from gongying.servicedesk.models import ServiceCategory
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read
from gongying.workbench.demo.ticking import by_place, tick_through

CLERK, MANAGER, INSPECTOR = "xiaozhao", "zhoujingli", "wangguanjia"


def fit_out_some_units(cast: Cast, *, now: datetime) -> None:
    for entry in read("fit_outs"):
        _tell(entry, cast, now)


def _tell(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    at = now - timedelta(days=entry["days_ago"])
    first = timezone.localdate(at) + timedelta(days=2)
    last = first + timedelta(days=entry["lasts"])
    unit = Unit.objects.select_related("project").get(project=cast.projects["YG"], code=entry["unit"])
    names = ("applicant", "applicant_phone", "contractor", "foreman", "foreman_phone", "scope")
    with clock_at(at):
        facts = {name: entry[name] for name in names if name in entry}
        fit_out = do.apply_for_fit_out(unit, by=cast[CLERK], starts_on=first, ends_on=last, **facts)
        for worker in entry.get("team", []):
            do.add_worker(fit_out, by=cast[CLERK], **worker)
    if "deposit" not in entry:
        return
    with clock_at(at + timedelta(days=1)):
        days: dict[str, Any] = {"valid_from": first, "valid_until": last}
        paid: dict[str, Any] = {"deposit": Decimal(entry["deposit"]), "deposit_receipt": entry["receipt"]}
        do.permit_works(fit_out, by=cast[MANAGER], rules_read_by=entry["applicant"], **days, **paid)
    for look in entry.get("looks", []):
        _look(fit_out, look, cast, at + timedelta(days=look["day"]))
    if "accepted" in entry:
        with clock_at(at + timedelta(days=entry["accepted"])):
            do.accept_works(fit_out, by=cast[MANAGER])
            do.settle_deposit(fit_out, by=cast[MANAGER], words=entry["deposit_end"])


def _look(fit_out: FitOut, look: dict[str, Any], cast: Cast, at: datetime) -> None:
    inspector = cast[INSPECTOR]
    with clock_at(at):
        _tick(fit_out, look, inspector)
        if "violation" in look:
            category = ServiceCategory.objects.get(code="common-works-fit-out")
            do.report_violation(fit_out, by=inspector, category=category, text=look["violation"])
        if "release" in look:
            carrier: dict[str, Any] = {
                "carrier": fit_out.contractor,
                "confirmed_by": fit_out.applicant,
                "confirmation": "phone",
            }
            issue_pass(fit_out.unit, by=cast[CLERK], items=look["release"], **carrier)


def _tick(fit_out: FitOut, look: dict[str, Any], inspector: User) -> None:
    run = do.inspect_works(fit_out, by=inspector, use=look["use"])
    tick_through(run, by_place(look.get("failed", {})), by=inspector)
