from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from gongying.checklists.enums import Use
from gongying.checklists.models import CheckItem
from gongying.checklists.operations import Mark, finish_run, tick_items
from gongying.fitouts.models import FitOut, FitOutWorker
from gongying.fitouts.operations import add_worker, apply_for_fit_out, inspect_works, permit_works, withdraw_fit_out
from tests.structure.url_matrix import Sample, action, api, page

HANDLE = "fitouts.handle_files"
PERMIT = "fitouts.permit_works"
INSPECT = "fitouts.inspect_works"
ISSUE = "custody.issue_passes"
FILE = {"fit_out_id": "fit_out"}
IN_WORKS = {"fit_out_id": "fit_out_in_works"}


def _days(first: str, last: str) -> dict[str, Any]:
    today = timezone.localdate()
    return {first: today, last: today + timedelta(days=20)}


def a_fit_out(sample: Sample) -> FitOut:
    plan = {"applicant": "周先生", "contractor": "明亮装饰", "scope": "厨房翻新", **_days("starts_on", "ends_on")}
    return apply_for_fit_out(sample.unit, by=sample.user, **plan)


def in_works(sample: Sample) -> FitOut:
    days = _days("valid_from", "valid_until")
    return permit_works(sample.get("fit_out"), by=sample.user, rules_read_by="周先生", **days)


def looked_at(sample: Sample) -> FitOut:
    """Everything was fine at the acceptance."""
    fit_out = sample.get("fit_out_in_works")
    run = inspect_works(fit_out, by=sample.user, use=Use.ACCEPTANCE)
    items = CheckItem.objects.filter(check_list=run.check_list_id)
    tick_items(run, {item.pk: Mark("fine") for item in items}, by=sample.user)
    finish_run(run, by=sample.user)
    return fit_out


def ended(sample: Sample) -> FitOut:
    """With a deposit of which nobody has said yet what became of it."""
    days = {**_days("valid_from", "valid_until"), "deposit": Decimal(3000)}
    permitted = permit_works(sample.get("fit_out"), by=sample.user, rules_read_by="周先生", **days)
    return withdraw_fit_out(permitted, by=sample.user, reason="不装了")


def a_worker(sample: Sample) -> FitOutWorker:
    return add_worker(sample.get("fit_out"), by=sample.user, name="李师傅")


def plan(sample: Sample) -> dict[str, Any]:
    days = {name: day.isoformat() for name, day in _days("starts_on", "ends_on").items()}
    return {"unit_id": sample.unit.pk, "applicant": "周", "contractor": "明亮", "scope": "翻新", **days}


def permit(_sample: Sample) -> dict[str, Any]:
    days = {name: day.isoformat() for name, day in _days("valid_from", "valid_until").items()}
    return {"rules_read_by": "周先生", **days}


def longer(_sample: Sample) -> dict[str, Any]:
    return {"valid_until": (timezone.localdate() + timedelta(days=60)).isoformat(), "reason": "瓷砖晚到"}


def a_pass_of_the_unit(sample: Sample) -> dict[str, Any]:
    return {"release_pass_id": sample.get("release_pass").pk}


OBJECTS = {
    "fit_out": a_fit_out,
    "fit_out_in_works": in_works,
    "fit_out_worker": a_worker,
    "fit_out_looked_at": looked_at,
    "fit_out_ended": ended,
}
NOW_OR_LATER = (200, 409)

LINES = [
    page("fitouts:file-index", needs=INSPECT),
    page("fitouts:file-create", needs=HANDLE),
    page("fitouts:file-show", needs=INSPECT, **FILE),
    page("fitouts:file-edit", needs=HANDLE, **FILE),
    page("fitouts:pass-create", seen_with=INSPECT, needs=ISSUE, **FILE),
    action("fitouts:pass-link", needs=HANDLE, pass_id="release_pass", **FILE),
    page("fitouts:file-permit", needs=PERMIT, **FILE),
    page("fitouts:file-refuse", needs=PERMIT, **FILE),
    page("fitouts:file-withdraw", needs=HANDLE, **FILE),
    page("fitouts:file-extend", needs=PERMIT, **IN_WORKS),
    page("fitouts:extension-refuse", needs=PERMIT, **IN_WORKS),
    page("fitouts:file-accept", needs=PERMIT, fit_out_id="fit_out_looked_at"),
    page("fitouts:file-deposit", needs=PERMIT, fit_out_id="fit_out_ended"),
    action("fitouts:file-look", needs=INSPECT, **IN_WORKS),
    page("fitouts:file-violation", needs=INSPECT, **FILE),
    page("fitouts:worker-create", needs=HANDLE, **FILE),
    action("fitouts:worker-end", needs=HANDLE, worker_id="fit_out_worker"),
    page("fitouts:file-paper", needs=INSPECT, **FILE),
    page("fitouts:file-badges", needs=INSPECT, **FILE),
    page("fitouts:unit-chip", needs=INSPECT, unit_id="unit"),
    api("GET /fit-outs", needs=INSPECT),
    api("POST /fit-outs", needs=HANDLE, data=plan, allowed=(201, 409, 422), reason="a unit that one sees"),
    api("GET /fit-outs/{fit_out_id}", needs=INSPECT, **FILE),
    api("PATCH /fit-outs/{fit_out_id}", needs=HANDLE, data={"version": 1, "scope": "改水电"}, **FILE),
    api("GET /fit-outs/{fit_out_id}/release-passes", needs=INSPECT, **FILE),
    api(
        "POST /fit-outs/{fit_out_id}/release-passes",
        needs=HANDLE,
        data=a_pass_of_the_unit,
        allowed=(201, 409, 422),
        **FILE,
    ),
    api("POST /fit-outs/{fit_out_id}/permit", needs=PERMIT, data=permit, allowed=NOW_OR_LATER, **FILE),
    api("POST /fit-outs/{fit_out_id}/refusal", needs=PERMIT, data={"reason": "要拆墙"}, allowed=NOW_OR_LATER, **FILE),
    api("POST /fit-outs/{fit_out_id}/extension", needs=PERMIT, data=longer, allowed=NOW_OR_LATER, **IN_WORKS),
    api(
        "POST /fit-outs/{fit_out_id}/extension-refusal",
        needs=PERMIT,
        data=longer,
        allowed=(201, 409),
        **IN_WORKS,
    ),
    api("GET /fit-outs/{fit_out_id}/refused-extensions", needs=INSPECT, **IN_WORKS),
    api("POST /fit-outs/{fit_out_id}/acceptance", needs=PERMIT, data={}, allowed=NOW_OR_LATER, **IN_WORKS),
    api("POST /fit-outs/{fit_out_id}/withdrawal", needs=HANDLE, data={"reason": "x"}, allowed=NOW_OR_LATER, **FILE),
]
