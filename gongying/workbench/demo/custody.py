"""The front desk of the demo: keys on their hooks and out of the house, release passes, mail, guests, shifts handed over."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.custody.operations import (
    announce_guest,
    issue_pass,
    lend_key,
    let_guest_in,
    let_guest_out,
    register_key,
    take_in_mail,
    tell_household,
    use_pass,
    withdraw_guest,
)
from gongying.estates.models import Unit
from gongying.reception.operations import hand_over_shift, sign_handover
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read

DESK = {"YG": "xiaozhao", "YQ": "xiaozheng"}
GUARD = "xiaosun"
KEPT_FOR = timedelta(days=60)


def fill_the_custody(cast: Cast, *, now: datetime) -> None:
    told = read("custody")
    for entry in told["keys"]:
        _hang(entry, cast, now)
    for entry in told["passes"]:
        _let_out(entry, cast, now)
    for entry in told["mail"]:
        _take_in(entry, cast, now)
    for entry in told["guests"]:
        _receive(entry, cast, now)
    for entry in told["handovers"]:
        _hand_over(entry, cast, now)


def _hang(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    desk = cast[DESK[entry["project"]]]
    with clock_at(now - KEPT_FOR):
        key = register_key(
            by=desk,
            project=cast.projects[entry["project"]],
            kind=entry["kind"],
            tag=entry["tag"],
            unit=_unit(entry, cast) if "unit" in entry else None,
            opens=entry["opens"],
            number_of_keys=entry["number"],
            entrusted_by=entry.get("entrusted_by", ""),
        )
    if "lent" not in entry:
        return
    loan = entry["lent"]
    lent_at = now + timedelta(hours=loan["hours"])
    with clock_at(lent_at):
        lend_key(
            key,
            by=desk,
            borrower=cast[loan["to"]].staff if "to" in loan else None,
            borrower_name=loan.get("name", ""),
            borrower_phone=loan.get("phone", ""),
            reason=loan["reason"],
            due_at=lent_at + timedelta(hours=loan["for"]),
        )


def _let_out(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    # Loaded in the small hours, the thing is carried out on the day after its pass was written.
    last = timezone.localdate(now) if "let_out" in entry else None
    with clock_at(now + timedelta(hours=entry["hours"])):
        release = issue_pass(
            _unit(entry, cast),
            by=cast[DESK[entry["project"]]],
            items=entry["items"],
            confirmed_by=entry["confirmed_by"],
            confirmation=entry["confirmation"],
            carrier=entry["carrier"],
            carrier_phone=entry["phone"],
            plate=entry["plate"],
            valid_until=last,
        )
    if "let_out" in entry:
        with clock_at(now + timedelta(hours=entry["let_out"])):
            use_pass(release, by=cast[GUARD])


def _take_in(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    names = ("kind", "service", "tracking_no", "shelf", "recipient")
    desk = cast[DESK[entry["project"]]]
    with clock_at(now + timedelta(hours=entry["hours"])):
        item = take_in_mail(_unit(entry, cast), by=desk, **{name: entry[name] for name in names})
        if "told" in entry:
            tell_household([item], by=desk, how=entry["told"])


def _receive(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    by, at = cast[entry.get("by", DESK[entry["project"]])], now + timedelta(hours=entry["hours"])
    names = ("name", "persons", "purpose", "phone", "plate", "brings", "confirmed_by", "confirmation")
    with clock_at(at):
        guest = announce_guest(
            _unit(entry, cast),
            by=by,
            expected_at=max(at, now + timedelta(hours=entry["expected"])),
            valid_until=now + timedelta(hours=entry["until"]),
            **{name: entry[name] for name in names if name in entry},
        )
    if "refused" in entry:
        with clock_at(at + timedelta(minutes=4)):
            withdraw_guest(guest, by=by, reason=entry["refused"])
    for verb, step in (("came", let_guest_in), ("left", let_guest_out)):
        if verb in entry:
            with clock_at(now + timedelta(hours=entry[verb])):
                step(guest, by=cast[GUARD])


def _hand_over(entry: dict[str, Any], cast: Cast, now: datetime) -> None:
    written_at = now - timedelta(minutes=entry["minutes"])
    with clock_at(written_at):
        handover = hand_over_shift(cast.projects[entry["project"]], by=cast[entry["by"]], line=entry["line"])
    if "signed_by" in entry:
        with clock_at(written_at + timedelta(minutes=entry["after"])):
            sign_handover(handover, by=cast[entry["signed_by"]])


def _unit(entry: dict[str, Any], cast: Cast) -> Unit:
    units = Unit.objects.select_related("project")
    found: Unit = units.get(project=cast.projects[entry["project"]], code=entry["unit"])
    return found
