import io
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.paging import count_of, paginate
from gongying.common.permissions import authorize
from gongying.imports.spreadsheets import write_xlsx
from gongying.reports.breakdown import DIMENSIONS, Line, rows_of_line, table_of
from gongying.reports.cells import Columns
from gongying.reports.forms import ScopeForm
from gongying.reports.measures import MEASURES, find_measure
from gongying.servicedesk.models.request_sets import NEWEST_FIRST

VIEW = "reports.view_reports"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARTS = ("counted", "base")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The figures of a period; each number opens exactly the requests it counts."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    context: dict[str, Any] = {"form": form, "measures": MEASURES}
    if not form.is_valid():
        return render(request, "reports/figure_list.html", context, status=422)
    dimension = DIMENSIONS[form.cleaned_data["by"]]
    context["dimension"] = dimension
    lines, total = table_of(form.requests(), dimension)
    columns = Columns(_scope(request))
    context["lines"] = [(line.label, columns.cells(line)) for line in lines]
    context["totals"] = [(total.label, columns.cells(total))]
    return render(request, "reports/figure_list.html", context)


@require_safe
def workbook(request: SignedInRequest) -> HttpResponse:
    """The same table as a file: share, number and base of each figure."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    if not form.is_valid():
        return render(request, "reports/figure_list.html", {"form": form, "measures": MEASURES}, status=422)
    dimension = DIMENSIONS[form.cleaned_data["by"]]
    lines, total = table_of(form.requests(), dimension)
    labels = [str(dimension.label)]
    for measure in MEASURES:
        labels += [f"{measure.label} %", str(measure.label), _("out of")] if measure.is_share else [str(measure.label)]
    file = io.BytesIO()
    write_xlsx(file, labels=labels, rows=[_cells(line) for line in [*lines, total]], title=_("Reports"))
    name = f"{form.cleaned_data['since']}-{form.cleaned_data['until']}.xlsx"
    return HttpResponse(
        file.getvalue(), content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
def rows(request: SignedInRequest) -> HttpResponse:
    """The requests behind one number."""
    authorize(request.user, VIEW)
    form = ScopeForm(request.GET, user=request.user)
    measure = find_measure(request.GET.get("measure", ""))
    part = request.GET.get("part", "counted")
    if measure is None or part not in PARTS:
        raise Http404
    if not form.is_valid():
        return render(request, "reports/figure_list.html", {"form": form, "measures": MEASURES}, status=422)
    dimension = DIMENSIONS[form.cleaned_data["by"]]
    found = rows_of_line(form.requests(), dimension, request.GET.get("line", "")).filter(measure.condition(part))
    page = paginate(found.for_list(), order=NEWEST_FIRST, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "measure": measure,
        "part": part,
        "page": page,
        "count": count_of(page, found, cursor=request.GET.get("cursor")),
    }
    return render(request, "reports/row_list.html", context)


def _scope(request: SignedInRequest) -> str:
    """What the page is about, as the address of the requests behind its numbers names it."""
    scope = request.GET.copy()
    for name in ("measure", "part", "line"):
        scope.pop(name, None)
    return scope.urlencode()


def _cells(line: Line) -> list[Any]:
    cells: list[Any] = [str(line.label)]
    for figure in line.figures:
        cells += [figure.percent, figure.counted, figure.base] if figure.measure.is_share else [figure.counted]
    return cells
