"""What becomes of an imported list later: it is taken back, and colleagues change what it holds meanwhile."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from gongying.common.errors import Refused
from gongying.customers.enums import RoleKind
from gongying.customers.models import Occupancy, Party, PartyRole
from gongying.estates.models import Building, Entrance, Unit
from gongying.estates.operations import change_place
from gongying.events.models import Event
from gongying.imports.enums import ImportState
from gongying.imports.operations import imports
from tests.conftest import Cast
from tests.customers.test_unit_import import HEADER
from tests.imports.pipeline import applied, check_units, reverted


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.mark.requirement("E-037")
def test_whole_import_is_taken_back(cast: Cast) -> None:
    before = {
        model: set(model.objects.values_list("pk", flat=True))
        for model in (Building, Entrance, Unit, Party, PartyRole, Occupancy)
    }  # type: ignore[attr-defined]
    run = applied(
        check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", "13800138000"], ["2", "1", "305", 95, "李四", ""]])
    )

    run = reverted(run)

    assert run.state == ImportState.REVERTED
    assert {model: set(model.objects.values_list("pk", flat=True)) for model in before} == before  # type: ignore[attr-defined]


@pytest.mark.requirement("E-037")
def test_revert_is_refused_with_reasons_where_later_work_stands_on_it(cast: Cast) -> None:
    run = applied(check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", "13800138000"]]))
    unit = Unit.objects.get(code="5-1-301")
    cast.zhou.roles.create(
        project=unit.project, building=unit.building, unit=unit, role=RoleKind.CONTACT, during=(None, None)
    )
    Party.objects.get(name="张三").advance_version(seen=1)

    with pytest.raises(Refused) as refusal:
        reverted(run)

    assert "1 × role refers to unit of this import." in str(refusal.value)
    assert "1 × customer of this import was changed later." in str(refusal.value)
    run.refresh_from_db()
    assert run.state == ImportState.APPLIED
    assert Unit.objects.filter(pk=unit.pk).exists()


@pytest.mark.requirement("E-037")
def test_the_worker_refuses_to_take_a_large_import_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "MOST_CHECKED_AT_ONCE", 1)
    run = applied(check_units(cast, [HEADER, ["5", "1", "301", 95, "张三", "13800138000"]]))
    Party.objects.get(name="张三").advance_version(seen=1)

    run = reverted(run)

    sentence = "This import cannot be taken back: 1 × customer of this import was changed later."
    assert (run.state, run.failure) == (ImportState.APPLIED, sentence)
    assert Unit.objects.filter(code="5-1-301").exists()
    assert not Event.objects.filter(verb="import.reverted").exists()


@pytest.mark.parametrize("field", ["gross_area_m2", "use"])
def test_what_a_colleague_changes_while_a_file_is_written_is_not_written_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    values = {"gross_area_m2": Decimal("90.00"), "use": "shop"}
    run = check_units(cast, [HEADER, ["2", "1", "301", 96.5, "周先生", "13800001234"]])
    run = imports.apply_import(run, by=cast.administrator)
    write = imports.write_draft

    def late(*given: Any, **more: Any) -> None:
        unit = Unit.objects.get(pk=cast.unit.pk)
        setattr(unit, field, values[field])
        change_place(unit, by=cast.manager, fields=[field])
        write(*given, **more)

    monkeypatch.setattr(imports, "write_draft", late)
    with pytest.raises(Refused, match="register changed"):
        imports.write_import(run)


def test_what_a_colleague_changes_while_an_import_is_taken_back_is_not_written_over(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = applied(check_units(cast, [HEADER, ["2", "1", "301", 96.5, "周先生", "13800001234"]]))
    unit = Unit.objects.get(pk=cast.unit.pk)
    unit.gross_area_m2 = Decimal("90.00")
    change_place(unit, by=cast.manager, fields=["gross_area_m2"])
    monkeypatch.setattr(imports, "reasons_against", lambda *_given: [])  # they were looked for before

    with pytest.raises(Refused, match="changed again"):
        reverted(run)
