from datetime import timedelta
from typing import Any

from django.utils import timezone

from gongying.checklists.models import CheckItem
from gongying.checklists.operations import Mark, finish_run, tick_items
from gongying.estates.models import Unit
from gongying.handover.models import HandoverBatch, OutstandingDefect, UnitHandover
from gongying.handover.operations import inspect_unit, mend_defect, open_batch, record_defect
from tests.structure.url_matrix import Sample, action, api, page

HAND_OVER = "handover.hand_over_units"
MANAGE = "handover.manage_batches"
READS = (HAND_OVER, MANAGE)
BATCH = {"batch_id": "handover_batch"}
UNIT = {"handover_id": "unit_handover"}
DEFECT = {"defect_id": "developer_defect"}


def a_batch(sample: Sample) -> HandoverBatch:
    Unit.objects.filter(pk=sample.unit.pk).update(state="sold")
    today = timezone.localdate()
    return open_batch(
        by=sample.user,
        project=sample.unit.project,
        name=f"二期 {sample.unit.code}",
        starts_on=today,
        ends_on=today + timedelta(days=20),
        completed_on=today - timedelta(days=30),
        buildings=[sample.unit.building],
        documents=["住宅质量保证书"],
    )


def a_unit(sample: Sample) -> UnitHandover:
    return UnitHandover.objects.get(batch=sample.get("handover_batch"), unit=sample.unit)


def inspected(sample: Sample) -> UnitHandover:
    handover = inspect_unit(a_unit(sample), by=sample.user)
    run = handover.inspection
    assert run is not None
    items = CheckItem.objects.of(run.check_list)
    tick_items(run, {item.pk: Mark("fine") for item in items}, by=sample.user)
    finish_run(run, by=sample.user)
    return handover


def a_defect(sample: Sample) -> OutstandingDefect:
    return record_defect(sample.get("handover_batch"), by=sample.user, text="卫生间渗漏", unit=sample.unit)


def mended(sample: Sample) -> OutstandingDefect:
    return mend_defect(a_defect(sample), by=sample.user, word="已补胶")


def a_new_batch(sample: Sample) -> dict[str, Any]:
    today = timezone.localdate().isoformat()
    days = {"starts_on": today, "ends_on": today, "completed_on": today}
    facts = {"project_id": sample.unit.project_id, "building_ids": [sample.unit.building_id]}
    return {**facts, **days, "name": "三期", "documents": []}


def a_found_defect(sample: Sample) -> dict[str, Any]:
    return {"batch_id": sample.get("handover_batch").pk, "text": "大堂地砖空鼓"}


OBJECTS = {
    "handover_batch": a_batch,
    "unit_handover": a_unit,
    "inspected_handover": inspected,
    "developer_defect": a_defect,
    "mended_defect": mended,
}
OF_THE_PROJECT = {"reason": "who serves some buildings does not see the whole hand-over", "allowed": (200, 302, 404)}
TOO_EARLY = (200, 409)
WORD = {"version": 1, "word": "x"}

LINES = [
    page("handover:batch-index", needs=READS),
    page("handover:batch-new", needs=MANAGE),
    page("handover:batch-show", needs=READS, **BATCH, **OF_THE_PROJECT),
    page("handover:common-defect-new", needs=HAND_OVER, **BATCH, **OF_THE_PROJECT),
    page("handover:unit-show", needs=READS, **UNIT),
    page("handover:unit-paper", needs=READS, **UNIT),
    page("handover:unit-panel", unit_id="unit", needs=HAND_OVER),
    page("handover:unit-arrange", needs=HAND_OVER, **UNIT),
    action("handover:unit-inspect", needs=HAND_OVER, **UNIT),
    page("handover:unit-hand-over", handover_id="inspected_handover", needs=HAND_OVER),
    page("handover:unit-refuse", handover_id="inspected_handover", needs=HAND_OVER),
    page("handover:unit-defect-new", needs=HAND_OVER, **UNIT),
    page("handover:defect-index", needs=READS),
    page("handover:defect-show", needs=READS, **DEFECT),
    page("handover:defect-mend", needs=HAND_OVER, **DEFECT),
    action("handover:defect-accept", defect_id="mended_defect", needs=HAND_OVER),
    page("handover:defect-reject", defect_id="mended_defect", needs=HAND_OVER),
    page("handover:defect-drop", needs=HAND_OVER, **DEFECT),
    api("GET /handover-batches", needs=READS),
    api(
        "POST /handover-batches",
        needs=MANAGE,
        data=a_new_batch,
        reason="nothing waits for its hand-over there",
        allowed=(201, 409, 422),
    ),
    api("GET /handover-batches/{batch_id}", needs=READS, **BATCH, **OF_THE_PROJECT),
    api("GET /unit-handovers", needs=READS),
    api("GET /unit-handovers/{handover_id}", needs=READS, **UNIT),
    api(
        "POST /unit-handovers/{handover_id}/appointment",
        needs=HAND_OVER,
        data={"version": 1, "starts_at": "2039-01-01T09:00:00+08:00", "staff_id": 1},
        allowed=(200, 409, 422),
        **UNIT,
    ),
    api("POST /unit-handovers/{handover_id}/inspection", needs=HAND_OVER, allowed=TOO_EARLY, **UNIT),
    api(
        "POST /unit-handovers/{handover_id}/signature",
        needs=HAND_OVER,
        data={"version": 1, "signed_name": "周先生"},
        allowed=TOO_EARLY,
        **UNIT,
    ),
    api(
        "POST /unit-handovers/{handover_id}/refusal",
        needs=HAND_OVER,
        data={"version": 1, "reason": "漏水"},
        allowed=TOO_EARLY,
        **UNIT,
    ),
    api("GET /developer-defects", needs=READS),
    api(
        "POST /developer-defects",
        needs=HAND_OVER,
        data=a_found_defect,
        reason="of a batch that one sees",
        allowed=(201, 422),
    ),
    api("GET /developer-defects/{defect_id}", needs=READS, **DEFECT),
    api("POST /developer-defects/{defect_id}/mending", needs=HAND_OVER, data=WORD, allowed=TOO_EARLY, **DEFECT),
    api("POST /developer-defects/{defect_id}/acceptance", needs=HAND_OVER, allowed=TOO_EARLY, **DEFECT),
    api("POST /developer-defects/{defect_id}/rejection", needs=HAND_OVER, data=WORD, allowed=TOO_EARLY, **DEFECT),
    api("POST /developer-defects/{defect_id}/drop", needs=HAND_OVER, data=WORD, allowed=TOO_EARLY, **DEFECT),
    api("GET /warranty-periods", needs=READS),
]
