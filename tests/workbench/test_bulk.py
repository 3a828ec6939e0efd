"""What the bench measures of imports and exports is really done; `bin/bench` does it with a hundred thousand."""

import pytest

from gongying.estates.models import Unit
from gongying.imports.models import Export, ImportRun
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.workbench.bench.bulk import export_figures, import_figures
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


def test_a_list_is_imported_and_taken_back(cast: Cast) -> None:
    seen = [
        (figure["operation"], figure["rows"], Unit.objects.filter(project__code="BENCH").count())
        for figure in import_figures(cast.administrator, households=30)
    ]

    assert seen == [("import of households", 30, 30), ("the import taken back", 30, 0)]
    assert ImportRun.objects.get().reverted_at is not None


def test_requests_are_written_as_files(cast: Cast) -> None:
    leak = ServiceCategory.objects.get(code="common-water-pipe")
    register_request(
        by=cast.receptionist, kind="repair", category=leak, text="dripping", channel="phone", unit=cast.unit
    )
    figures = list(export_figures(cast.supervisor))

    assert [(figure["operation"], figure["rows"]) for figure in figures] == [
        ("requests as CSV", 1),
        ("requests as XLSX", 1),
    ]
    assert [export.rows_done for export in Export.objects.all()] == [1, 1]
