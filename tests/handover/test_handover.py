"""A building is handed over: appointment, inspection, signature; what failed stays with the developer."""

import re
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.checklists.models import CheckItem
from gongying.checklists.operations import Mark, finish_run, tick_items
from gongying.common.errors import Refused, Stale
from gongying.estates.models import Unit
from gongying.handover.models import HandedThing, OutstandingDefect, UnitHandover, WarrantyPeriod
from gongying.handover.models.defects import months_after
from gongying.handover.operations import (
    accept_defect,
    arrange_unit,
    hand_over_unit,
    inspect_unit,
    mend_defect,
    open_batch,
    record_defect,
    refuse_unit,
    reject_defect,
)
from tests.conftest import make_unit
from tests.files.test_attachments import picture
from tests.race import in_the_middle, race

TODAY = timezone.localdate
COMPLETED = date(2026, 3, 1)


def tomorrow(clock="09:00"):
    day = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time.fromisoformat(clock)))


@pytest.fixture
def batch(cast):
    Unit.objects.filter(pk=cast.unit.pk).update(state="sold")
    make_unit(cast.unit.entrance, "302", state="sold")
    make_unit(cast.unit.entrance, "303", state="unsold")
    return open_batch(
        by=cast.manager,
        project=cast.sunshine,
        name="二期入伙",
        starts_on=timezone.localdate(),
        ends_on=timezone.localdate() + timedelta(days=10),
        completed_on=COMPLETED,
        buildings=[cast.unit.building],
        documents=["住宅质量保证书", "住宅使用说明书"],
    )


@pytest.fixture
def handover(cast, batch):
    return UnitHandover.objects.get(batch=batch, unit=cast.unit)


def look_through(handover, *, by, failed=""):
    """Tick the inspection to its end; the item about `failed` has a leak."""
    handover = inspect_unit(handover, by=by)
    items = CheckItem.objects.of(handover.inspection.check_list)
    marks = {
        item.pk: Mark("failed", "闭水后渗漏") if failed and failed in item.text else Mark("fine") for item in items
    }
    tick_items(handover.inspection, marks, by=by)
    finish_run(handover.inspection, by=by)
    return handover


@pytest.mark.requirement("R-037")
def test_a_unit_goes_from_the_appointment_to_the_signature(cast, batch, handover, client_of):
    # The unsold one waits for a buyer.
    assert sorted(UnitHandover.objects.filter(batch=batch).values_list("unit__code", flat=True)) == [
        "2-1-301",
        "2-1-302",
    ]
    arrange_unit(handover, by=cast.receptionist, starts_at=tomorrow(), colleague=cast.steward)
    other = UnitHandover.objects.exclude(pk=handover.pk).get()
    with pytest.raises(Refused, match="王管家"):
        arrange_unit(other, by=cast.receptionist, starts_at=tomorrow(), colleague=cast.steward)
    with pytest.raises(Refused, match="先完成"):
        hand_over_unit(inspect_unit(other, by=cast.steward), by=cast.steward, signed_name="x", documents=[], keys=0)
    look_through(handover, by=cast.steward, failed="卫生间")
    done = hand_over_unit(
        handover, by=cast.steward, signed_name="周先生", documents=["住宅质量保证书"], keys=5, signature=picture()
    )
    assert done.state == "handed_over"
    assert [str(thing) for thing in HandedThing.objects.of(done)] == ["住宅质量保证书 × 1", "入户钥匙 × 5"]
    cast.unit.refresh_from_db()
    assert cast.unit.state == "handed_over"
    page = client_of(cast.manager).get(reverse("handover:batch-show", args=[batch.pk])).content.decode()
    assert "1 / 2" in page
    paper = client_of(cast.steward).get(reverse("handover:unit-paper", args=[done.pk])).content.decode()
    assert "闭水后渗漏" in paper
    assert re.search(r"<small>\S* ?周先生 .*\d\d:\d\d</small>", paper)


@pytest.mark.requirement("R-038", "R-039")
def test_what_failed_stays_with_the_developer_until_somebody_has_looked(cast, batch, handover, client_of):
    looked = look_through(handover, by=cast.steward, failed="卫生间")
    page = client_of(cast.steward).get(reverse("handover:unit-show", args=[handover.pk]))
    assert [tick.word for tick in page.context["findings"]] == ["闭水后渗漏"], "known before the owner signs"
    check = client_of(cast.steward).get(reverse("checklists:run-show", args=[looked.inspection_id]))
    assert (check.context["thing"], check.context["thing_url"]) == (handover, page.request["PATH_INFO"])
    hand_over_unit(handover, by=cast.steward, signed_name="周先生", documents=[], keys=0)
    defect = OutstandingDefect.objects.get()
    assert defect.text == "闭水后渗漏（卫生间：闭水试验无渗漏，地漏排水通畅）"
    # 5 years from the acceptance of the building (Order 279, article 40).
    assert (defect.warranty.months, defect.warranty_until) == (60, date(2031, 2, 28))
    assert defect.due_on == timezone.localdate() + timedelta(days=30)
    with pytest.raises(Refused):
        accept_defect(defect, by=cast.steward)
    mended = mend_defect(defect, by=cast.steward, word="重做防水")
    reject_defect(mended, by=cast.steward, word="还在漏", due_on=timezone.localdate())
    with pytest.raises(Stale):
        mend_defect(defect, by=cast.steward, word="又做了一遍", seen=1)
    OutstandingDefect.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    browser = client_of(cast.steward)
    late = browser.get(reverse("handover:defect-index"), {"which": "overdue"}).content.decode()
    assert "闭水后渗漏" in late
    assert 'class="late"' in late
    panel = browser.get(reverse("handover:unit-panel", args=[cast.unit.pk])).content.decode()
    assert "闭水后渗漏" in panel
    accept_defect(mend_defect(defect, by=cast.steward, word="第三次"), by=cast.supervisor)
    assert not OutstandingDefect.objects.unfinished().exists()
    assert client_of(cast.west_steward).get(reverse("handover:defect-show", args=[defect.pk])).status_code == 404


def test_an_owner_who_does_not_accept_comes_again(cast, batch, handover):
    look_through(handover, by=cast.steward, failed="入户门")
    refused = refuse_unit(handover, by=cast.steward, reason="门打不开")
    defect = OutstandingDefect.objects.get()
    # Counted from the hand-over, which has not been yet.
    assert (defect.warranty.key, defect.warranty_until) == ("doors", None)
    arrange_unit(refused, by=cast.steward, starts_at=tomorrow("10:00"), colleague=cast.steward)
    again = look_through(UnitHandover.objects.get(pk=handover.pk), by=cast.steward)
    hand_over_unit(again, by=cast.steward, signed_name="周先生", documents=[], keys=0)
    defect.refresh_from_db()
    assert defect.warranty_until == months_after(timezone.localdate(), 12)


@pytest.mark.django_db(transaction=True)
def test_the_warranty_of_what_is_found_while_the_unit_is_handed_over_begins_with_it(cast, batch, handover):
    look_through(handover, by=cast.steward)
    doors = WarrantyPeriod.objects.get(key="doors")

    defect = in_the_middle(
        lambda: hand_over_unit(handover, by=cast.steward, signed_name="周先生", documents=[], keys=0),
        lambda: record_defect(batch, by=cast.supervisor, text="门锁松动", unit=cast.unit, warranty=doors),
    )

    assert defect.warranty_until == months_after(timezone.localdate(), 12)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_open_a_hand_over_of_the_same_building_at_once_one_is_refused(cast):
    Unit.objects.filter(pk=cast.unit.pk).update(state="sold")
    facts = {
        "project": cast.sunshine,
        "starts_on": timezone.localdate(),
        "ends_on": timezone.localdate(),
        "completed_on": COMPLETED,
        "buildings": [cast.unit.building],
        "documents": [],
    }

    outcome = in_the_middle(
        lambda: open_batch(by=cast.manager, name="二期", **facts),
        lambda: open_batch(by=cast.supervisor, name="二期入伙", **facts),
    )

    assert isinstance(outcome, Refused)
    assert UnitHandover.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 3, 1), 60, date(2031, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 22), 24, date(2028, 11, 21)),
    ],
)
def test_a_warranty_ends_on_the_day_before(day, months, last):
    assert months_after(day, months) == last


def test_every_warranty_names_its_source(db):
    assert {period.months for period in WarrantyPeriod.objects.filter(counted_from="completion")} == {60, 24}
    assert not WarrantyPeriod.objects.filter(source="").exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_give_one_colleague_the_same_minute_one_does(cast, batch):
    acts = [
        partial(arrange_unit, row, by=cast.receptionist, starts_at=tomorrow(), colleague=cast.steward)
        for row in UnitHandover.objects.filter(batch=batch)
    ]
    assert sorted(type(answer).__name__ for answer in race(*acts)) == ["Refused", "UnitHandover"]


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE handover_unithandover SET state = 'handed_over' WHERE id = {id}", "no step|inspected"),
        ("UPDATE handover_unithandover SET state = 'refused' WHERE id = {id}", "no step"),
        ("DELETE FROM handover_unithandover WHERE id = {id}", "kept"),
        ("UPDATE handover_outstandingdefect SET state = 'closed', ended_at = now()", "no step"),
        ("UPDATE handover_outstandingdefect SET ended_at = now()", "defect_ended_with_its_state"),
        ("DELETE FROM handover_outstandingdefect", "kept"),
    ],
)
def test_the_database_holds_it_against_plain_sql(cast, batch, handover, statement, refusal):
    record_defect(batch, by=cast.steward, text="大堂地砖空鼓")
    with pytest.raises(IntegrityError, match=refusal), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(id=handover.pk))


def test_a_form_that_is_wrong_says_where(cast, batch, handover, client_of):
    browser = client_of(cast.steward)
    url = reverse("handover:unit-arrange", args=[handover.pk])
    past = {"version": 1, "starts_at": "2020-01-01T09:00", "colleague": cast.steward.staff.pk}
    assert browser.post(url, past).status_code == 422
    late = {**past, "starts_at": f"{timezone.localdate() + timedelta(days=40)}T09:00"}
    assert browser.post(url, late).status_code == 422
    good = {**past, "starts_at": f"{timezone.localdate() + timedelta(days=1)}T09:00"}
    assert browser.post(url, good).status_code == 302
    assert browser.post(url, good).status_code == 409
