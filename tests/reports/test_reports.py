"""Every number opens exactly the rows it counts, and says how it was made."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.improvements.models import ImprovementItem
from gongying.organization.models import TerritoryAssignment
from gongying.reports import facts
from gongying.reports.breakdown import DIMENSIONS, rows_of_line, table_of
from gongying.reports.forms import ScopeForm
from gongying.reports.measures import MEASURES, came_back, find_measure, resolution_was_in_time
from gongying.reports.monthly import report_of
from gongying.servicedesk.enums import CauseCode
from gongying.servicedesk.models import QualitySample, ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import (
    cancel_request,
    merge_requests,
    reopen_request,
)
from tests.reports.matters import finish, register


def figures(cast, **query):
    form = ScopeForm(query, user=cast.manager)
    assert form.is_valid(), form.errors
    lines, total = table_of(form.requests(), DIMENSIONS[form.cleaned_data["by"]])
    return form, lines, {figure.measure.key: (figure.counted, figure.base) for figure in total.figures}


@pytest.mark.requirement("R-220", "R-224")
def test_each_figure_counts_what_its_formula_says(story, cast):
    _form, _lines, total = figures(cast)

    assert total["received"] == (5, None)
    assert total["closed"] == (1, 5)
    assert total["responded"] == (3, 3)  # the two that nobody has answered are not due yet
    assert total["resolved"] == (3, 3)  # what was promised anew to the one sent back is not due yet
    assert total["rework"] == (2, 3)  # one sent back; one reported again at the same unit within 30 days
    assert total["follow_up"] == (3, 3)
    assert total["reached"] == (2, 3)
    assert total["content"] == (1, 2)
    assert total["recovered"] == (0, 2)  # the complaint and the one with 2 points: nobody asked again yet
    assert total["appointment"] == (1, 2)
    assert total["complained"] == (0, 3)
    assert total["attributable"] == (0, 0)


@pytest.mark.parametrize("by", DIMENSIONS)
def test_every_number_opens_exactly_the_rows_it_counts(story, cast, by, client):
    form, lines, total = figures(cast, by=by)
    requests = form.requests()

    assert sum(line.figures[0].counted for line in lines) == total["received"][0]
    for line in [*lines, table_of(requests, DIMENSIONS[by])[1]]:
        for figure in line.figures:
            rows = rows_of_line(requests, DIMENSIONS[by], line.key)
            assert rows.filter(figure.measure.condition("counted")).count() == figure.counted
            if figure.measure.is_share:
                assert rows.filter(figure.measure.condition("base")).count() == figure.base
                assert figure.counted <= figure.base
    client.force_login(cast.manager)
    page = client.get("/reports/rows/", {"by": by, "measure": "closed", "line": lines[0].key})
    assert page.status_code == 200


@pytest.mark.parametrize("sparse", [0, facts.SPARSE])
def test_what_is_counted_at_once_is_what_the_conditions_find(story, cast, monkeypatch, sparse):
    """Whether what hangs on the requests is looked up for each, or read side by side."""
    monkeypatch.setattr(facts, "SPARSE", sparse)
    complaint = story["complaint"].complaint
    complaint.is_attributable, complaint.about_work_order = True, story["content"].work_orders.get()
    complaint.save()
    closed = finish(cast, register(cast, unit=cast.west_unit, party=cast.wang), doer=cast.second_worker)
    reopen_request(closed, by=cast.supervisor, reason="又漏了")
    merge_requests(register(cast), into=story["new"], by=cast.supervisor)
    with clock_at(timezone.now() + timedelta(days=20)):
        unhappy = finish(cast, register(cast), score=1)
    with clock_at(timezone.now() + timedelta(days=130)):
        finish(cast, unhappy)
        rows = ServiceRequest.objects.exclude(state="merged")
        _lines, total = table_of(rows, DIMENSIONS["kind"])
        for figure in total.figures:
            assert rows.filter(figure.measure.condition("counted")).count() == figure.counted, figure.measure.key
            if figure.measure.is_share:
                assert rows.filter(figure.measure.condition("base")).count() == figure.base, figure.measure.key
    numbers = {figure.measure.key: (figure.counted, figure.base) for figure in total.figures}
    assert numbers["attributable"] == (1, 1)
    assert numbers["complained"] == (1, 5)
    assert numbers["rework"] == (5, 5)
    assert numbers["recovered"] == (0, 3)


def test_the_page_links_each_number_and_the_rows_are_shown(story, cast, client):
    client.force_login(cast.quality)
    page = client.get("/reports/").content.decode()
    rows = client.get("/reports/rows/", {"measure": "content", "part": "counted"}).content.decode()

    assert "measure=content" in page
    assert story["content"].number in rows
    assert story["sent_back"].number not in rows


def test_the_first_page_shows_how_content_customers_are_and_opens_those_asked(story, cast, client_of):
    """As much as the report says of the same days."""
    manager = client_of(cast.manager)
    share = reverse("reports:satisfaction-show")
    assert share in manager.get(reverse("workbench:home-show")).content.decode()
    assert share not in client_of(cast.worker).get(reverse("workbench:home-show")).content.decode()
    page = manager.get(share)
    assert "50.0%" in page.content.decode()
    shown = manager.get(page.context["url"]).context
    assert (shown["count"].number, page.context["now"].base) == (2, 2)


def test_a_report_holds_only_what_its_reader_may_see(story, cast):
    elsewhere = ScopeForm({}, user=cast.outsider)
    assert elsewhere.is_valid()
    assert not elsewhere.requests().exists()


def test_what_was_merged_is_not_counted_twice(story, cast):
    from gongying.servicedesk.operations import merge_requests

    merge_requests(story["new"], by=cast.supervisor, into=story["sent_back"])

    assert figures(cast)[2]["received"] == (4, None)


def test_it_is_written_as_a_workbook(story, cast, client):
    client.force_login(cast.manager)
    answer = client.get("/reports/workbook/", {"by": "category"})

    assert answer.status_code == 200
    assert answer.content[:2] == b"PK"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "2026-11-02", "until": "2026-11-01"}, "结束"),
        ({"since": "2024-01-01", "until": "2026-11-01"}, "一年"),
        ({"since": "2026-02-30"}, "日期"),
        ({"by": "size"}, "size"),
    ],
)
def test_a_wrong_scope_is_named(cast, client, query, words):
    client.force_login(cast.manager)
    answer = client.get("/reports/", query)

    assert answer.status_code == 422
    assert words in answer.content.decode()


@pytest.mark.requirement("R-205", "R-206", "R-209")
def test_what_is_overdue_and_open_is_late_and_counted_where_it_was_due(cast):
    now = timezone.now()
    with clock_at(now - timedelta(days=20)):
        late = register(cast)
        in_time = finish(cast, register(cast))
    due = {"dated": "due", "since": timezone.localdate(now) - timedelta(days=19)}

    _form, _lines, total = figures(cast, **due)

    assert total["resolved"] == (1, 2)
    assert total["responded"] == (1, 2)
    form, _lines, _total = figures(cast, **due)
    overdue = form.requests().filter(~resolution_was_in_time(None))
    assert set(form.requests()) == {late, in_time}
    assert list(overdue) == [late]
    assert figures(cast, since=timezone.localdate(now), dated="entered")[2]["received"] == (0, None)


@pytest.mark.requirement("R-067")
def test_who_was_unhappy_and_is_content_when_asked_again_was_won_back(cast):
    request = finish(cast, register(cast), score=2)  # goes back
    recovered = find_measure("recovered")

    def numbers():
        rows = ServiceRequest.objects.filter(pk=request.pk)
        return rows.filter(recovered.condition("counted")).count(), rows.filter(recovered.condition("base")).count()

    assert numbers() == (0, 1)
    finish(cast, request, score=5)
    assert numbers() == (1, 1)
    late = finish(cast, register(cast), score=1)
    with clock_at(timezone.now() + timedelta(days=91)):
        request = finish(cast, late, score=5)
    assert numbers() == (0, 1)
    content = finish(cast, register(cast), score=5)
    assert not ServiceRequest.objects.filter(recovered.condition("base"), pk=content.pk).exists()


def test_a_request_belongs_to_the_steward_of_the_day_of_its_entry(cast):
    """东区 goes from 王管家 to 陈管家 today: what came before stays 王管家's."""
    east = cast.steward.staff.territory_assignments.get()
    today = timezone.localdate()
    with clock_at(timezone.now() - timedelta(days=3)):
        before = register(cast)
    east.during = DateRange(east.during.lower, today)
    east.save()
    TerritoryAssignment.objects.create(
        territory=east.territory, staff=cast.west_steward.staff, during=DateRange(today, None), rights=east.rights
    )
    after = register(cast)
    elsewhere = register(cast, unit=cast.park_unit, party=None)

    _form, lines, _total = figures(cast, by="steward")
    assert [(line.label, line.figures[0].counted) for line in lines] == [("王管家", 1), ("陈管家", 1)]
    form = ScopeForm({"steward": cast.steward.staff.pk}, user=cast.manager)
    assert form.is_valid(), form.errors
    assert list(form.requests()) == [before]
    form = ScopeForm({"steward": cast.west_steward.staff.pk}, user=cast.manager)
    assert form.is_valid(), form.errors
    assert list(form.requests()) == [after]
    nobodys = rows_of_line(ServiceRequest.objects.all(), DIMENSIONS["steward"], "none")
    assert list(nobodys) == [elsewhere]


def test_a_report_is_narrowed_to_a_category(story, cast):
    water = ServiceCategory.objects.get(code="home-plumbing-tap").parent
    other = ServiceCategory.objects.get(code="home-plumbing-tap").parent.parent.children.exclude(pk=water.pk)[0]
    assert figures(cast, category=water.pk)[2]["received"] == (5, None)
    assert figures(cast, category=other.pk)[2]["received"] == (0, None)


def test_the_api_gives_the_same_figures_and_rows(story, cast, client):
    client.force_login(cast.manager)
    report = client.get("/api/v1/reports/figures", {"by": "kind"}).json()
    total = {figure["measure"]: figure for figure in report["total"]["figures"]}
    rows = client.get("/api/v1/reports/rows", {"by": "kind", "measure": "rework", "line": "repair"}).json()["items"]

    assert total["content"]["percent"] == "50.0"
    assert len(rows) == total["rework"]["counted"] == 2
    assert len(report["measures"]) == len(MEASURES)
    assert client.get("/api/v1/reports/figures", {"by": "size"}).status_code == 422
    assert client.get("/api/v1/reports/rows", {"measure": "profit"}).status_code == 422


def test_the_month_is_told_beside_the_one_before(story, cast, client):
    client.force_login(cast.manager)
    page = client.get("/reports/monthly/", {"project": cast.sunshine.pk})
    report = page.context["report"]

    assert report.figures[0].now.counted == len(story)
    assert report.figures[0].before.counted == 0
    assert report.subjects[0].now == len(story)
    assert report.samples["drawn"] == 0
    assert client.get("/reports/monthly/", {"month": "2026-13"}).status_code == 404
    assert client.get("/reports/monthly/", {"project": "0"}).status_code == 422


def test_the_causes_of_complaints_are_counted_where_they_are_known(story, cast):
    story["complaint"].complaint.cause_code = CauseCode.values[0]
    story["complaint"].complaint.save()
    form, _lines, _total = figures(cast)
    nothing = ServiceRequest.objects.none()

    report = report_of(
        form.requests(), nothing, improvements=ImprovementItem.objects.none(), samples=QualitySample.objects.none()
    )

    assert [(str(line.label), line.now) for line in report.causes] == [(str(CauseCode.labels[0]), 1)]


def test_what_was_entered_twice_is_no_second_failure(cast):
    first, again, wrong = register(cast), register(cast), register(cast)
    merge_requests(again, into=first, by=cast.supervisor)
    cancel_request(wrong, by=cast.supervisor, asked_by="前台", reason="重复登记")
    assert not ServiceRequest.objects.filter(came_back(None), pk=first.pk).exists()
    register(cast)
    assert ServiceRequest.objects.filter(came_back(None), pk=first.pk).exists()


@pytest.mark.parametrize(
    "address",
    [
        "/reports/monthly/?month=9999-12",
        "/reports/monthly/?month=0001-01",
        "/reports/spread/rows/?sort=worker&line=" + "9" * 5000,
    ],
)
def test_an_address_with_numbers_that_cannot_be_is_no_fault_of_ours(client_of, cast, address):
    assert client_of(cast.manager).get(address).status_code in (200, 404, 422)
