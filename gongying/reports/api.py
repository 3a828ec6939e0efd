from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext as _
from ninja import Field, Path, Query, Router, Schema

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Day, Listed, Moment, Output, Paging, PathId, errors_of, page
from gongying.common.api_forms import checked
from gongying.common.permissions import authorize
from gongying.common.problems import invalid_field
from gongying.reports.breakdown import DIMENSIONS, Figure, Line, rows_of_line, table_of
from gongying.reports.forms import DATED, RegisterForm, ScopeForm
from gongying.reports.measures import MEASURES, find_measure
from gongying.reports.registers import find_register
from gongying.reports.registers.shape import Register
from gongying.servicedesk.api.requests import RequestOut
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models.request_sets import NEWEST_FIRST

router = Router(tags=["reports"])
VIEW = "reports.view_reports"


class ScopeQuery(Schema):
    since: Day | None = Field(None, description="Entered from; default: 30 days ago")
    until: Day | None = Field(None, description="Last day; default: today")
    dated: str = Field("entered", description="`entered`, or `due`: resolution due in the period", examples=["entered"])
    project: PathId | None = None
    category: PathId | None = Field(None, description="The group, as `line` when by category")
    steward: PathId | None = Field(None, description="Member of staff whose place it was on the day of the entry")
    kind: RequestKind | None = None
    by: str = Field("project", description=" | ".join(DIMENSIONS), examples=["project"])

    def form(self, request: SignedInRequest) -> ScopeForm:
        if self.by not in DIMENSIONS:
            raise invalid_field("by", ", ".join(DIMENSIONS), where="query", code="enum")
        if self.dated not in dict(DATED):
            raise invalid_field("dated", ", ".join(dict(DATED)), where="query", code="enum")
        given = {name: value for name in ScopeQuery.model_fields if (value := getattr(self, name)) is not None}
        form = ScopeForm(given, user=request.user)
        if not form.is_valid():
            raise errors_of(ValidationError(form.errors.as_data()))
        return form


class FigureOut(Output):
    measure: str = Field(examples=["closed"])
    counted: int = Field(examples=[26])
    base: int | None = Field(description="Null: a plain number", examples=[30])
    percent: Decimal | None = Field(description="Null: nothing to compare with", examples=["86.7"])


class LineOut(Output):
    key: str = Field(description="As `line` of the rows; empty: all of them", examples=["1"])
    label: str = Field(examples=["Sunshine Garden"])
    figures: list[FigureOut]


class MeasureOut(Output):
    key: str = Field(examples=["closed"])
    label: str = Field(examples=["closed in the loop"])
    formula: str = Field(examples=["closed ÷ received"])


class ReportOut(Output):
    since: date = Field(examples=["2026-11-01"])
    until: date = Field(examples=["2026-11-30"])
    measures: list[MeasureOut]
    lines: list[LineOut]
    total: LineOut


class RowQuery(Paging, ScopeQuery):
    measure: str = Field(examples=["closed"])
    part: str = Field("counted", description="`counted` or `base`", examples=["counted"])
    line: str = Field("", description="`key` of a line; left out: all of them")


@router.get("/reports/figures", response=ReportOut)
def show_figures(request: SignedInRequest, query: Annotated[ScopeQuery, Query()]) -> Any:
    """The figures of the requests entered in a period, a line for each project, category, steward, person, kind or month."""
    authorize(request.user, VIEW)
    form = query.form(request)
    lines, total = table_of(form.requests(), DIMENSIONS[form.cleaned_data["by"]])
    return {
        "since": form.cleaned_data["since"],
        "until": form.cleaned_data["until"],
        "measures": [{"key": m.key, "label": str(m.label), "formula": str(m.formula)} for m in MEASURES],
        "lines": [_line(line) for line in lines],
        "total": _line(total),
    }


@router.get("/reports/rows", response=Listed[RequestOut])
def list_rows(request: SignedInRequest, query: Annotated[RowQuery, Query()]) -> dict[str, Any]:
    """The requests behind one number of the figures."""
    authorize(request.user, VIEW)
    form = query.form(request)
    measure = find_measure(query.measure)
    if measure is None:
        raise invalid_field("measure", ", ".join(each.key for each in MEASURES), where="query", code="enum")
    if query.part not in ("counted", "base"):
        raise invalid_field("part", "counted, base", where="query", code="enum")
    rows = rows_of_line(form.requests(), DIMENSIONS[form.cleaned_data["by"]], query.line)
    return page(rows.filter(measure.condition(query.part)), query, order=NEWEST_FIRST)


class RegisterQuery(Paging):
    since: Day | None = Field(None, description="Default: today, or the first of the month")
    until: Day | None = Field(None, description="Last day; default: today")
    project: PathId | None = None
    channel: str = Field("", description="Of `touches`", examples=["phone"])
    answer: str = Field("", description="Of `touches`", examples=["explained"])
    kind: str = Field("", description="Of `requests`", examples=["repair"])
    urgency: str = Field("", description="Of `requests`", examples=["urgent"])
    severity: str = Field("", description="Of `complaints`", examples=["serious"])
    category: str = Field("", description="A group of categories; of all but `touches`", examples=["3"])
    state: str = Field("", description="`open` or `ended`; of `jobs` the state", examples=["open"])
    reached: str = Field("", description="Of `follow-ups`: `yes` or `no`", examples=["yes"])
    solved: str = Field("", description="Of `follow-ups`: `yes` or `no`", examples=["no"])
    source: str = Field("", description="Of `orders`", examples=["hotline_12345"])

    def form(self, register: Register, user: User) -> RegisterForm:
        given = {name: value for name, value in self.model_dump(exclude={"cursor", "limit"}).items() if value}
        form = RegisterForm(given, user=user, register=register)
        for name in given:
            if name not in form.fields:
                raise invalid_field(name, _("This register is not narrowed by it."), where="query")
        return checked(form, told_as={"project": "project"}, where="query")


class RegisterCellOut(Output):
    label: str = Field(examples=["Place"])
    text: str = Field(examples=["2-1-301"])


class RegisterLineOut(Output):
    """One line of a register, in words, as it stands on paper."""

    id: int = Field(description="Of what the register holds: a touch, request, job, follow-up or order", examples=[512])
    at: Moment = Field(description="When; by it a line belongs to a period", examples=["2026-11-21T14:30:00+08:00"])
    cells: list[RegisterCellOut]


@router.get("/registers/{key}", response=Listed[RegisterLineOut])
def list_register(
    request: SignedInRequest, key: Annotated[str, Path(examples=["jobs"])], query: Annotated[RegisterQuery, Query()]
) -> dict[str, Any]:
    """The lines of a register of a period, in order of time, in your language; a year at most.

    Lines, not the printed page: the page is for the browser of somebody who is logged in, while who keeps the register
    elsewhere puts the lines into a layout of their own.
    """
    register = find_register(key)
    if register is None:
        raise Http404
    authorize(request.user, register.permission)
    rows = query.form(register, request.user).rows()
    return page(rows, query, order=(register.at, "id"), each=partial(_register_line, register))


def _register_line(register: Register, row: Any) -> dict[str, Any]:
    cells = [{"label": str(cell.column.label), "text": cell.text} for cell in register.line_of(row).cells]
    return {"id": row.pk, "at": getattr(row, register.at), "cells": cells}


def _line(line: Line) -> dict[str, Any]:
    return {"key": line.key, "label": str(line.label), "figures": [_figure(figure) for figure in line.figures]}


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "measure": figure.measure.key,
        "counted": figure.counted,
        "base": figure.base,
        "percent": figure.percent,
    }
