"""Files as no office sends them, through every importer: a report in words or a clean import, nothing half-written, no failure.

The same files in each run, as many as a few seconds allow. To hunt for others: `GONGYING_FUZZ_SECONDS=60`, of each importer.
"""

import io
import os
import random
import time
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from xml.sax.saxutils import escape

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from gongying.common.errors import Refused
from gongying.imports.complaints import Unreadable
from gongying.imports.enums import ImportState
from gongying.imports.importers import Importer, all_importers
from gongying.imports.operations.imports import apply_import, revert_import, take_import_back, write_import
from gongying.imports.workbooks import column_letters
from gongying.schedule.models import CalendarEvent
from gongying.servicedesk.models import ServiceRequest
from tests.conftest import make_cast
from tests.imports.pipeline import checked
from tests.imports.workbook_files import package

HUNTED_FOR = float(os.environ.get("GONGYING_FUZZ_SECONDS", "0"))
SECONDS = HUNTED_FOR or 2.5
FEWEST = 12
# Of one file, from the upload to the register and back; on a machine with much else to do.
LONGEST = 10.0

SEVEN_BIT = st.text(st.characters(max_codepoint=126), max_size=12)
ANY = st.text(max_size=40)


class Number(str):
    """Stands in a sheet as a number, whatever it says."""

    __slots__ = ()


# What Excel, other programs and people leave in cells.
CELLS: Sequence[Any] = [
    "", " ", "\u3000", "0", "-1", "1e400", "=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "\t", "a\nb", "'", '"', "%s %d {0} {}", "\\", "\ud7ff",
    "\u202egpj.exe", "<script>alert(1)</script>", "长" * 33_000, "9" * 5_000, "0." + "0" * 400 + "1", "NaN", "Infinity", "-Infinity",
    "2026-13-45", "0000-00-00", "9999-12-31", "10000-01-01", "2026-02-29", "1899-12-30", "20261340", "٢٠٢٦-٠١-٠١", "①", "½", "1,2,3",
    "1.38E+10", "1.38E+99", "12:61", "2026-01-01 25:00", "2026-01-01 24:00:00", "1-1-1-1-1-1", "2-1-301", "-", "--", "、", "张三、", "50%、60%",
    "999999999999%", "138001380001380013800", "13800138000、13800138000", "110101199003070000", "京A12345京A12345", "#REF!", "TRUE",
    Number("NaN"), Number("inf"), Number("-inf"), Number("1e308"), Number("-1e308"), Number("-0"), Number("1e-320"), Number("2958466"),
    Number("99999999999999999999"), Number("0"), Number("45000.9999999"), Number("-45000"), Number("abc"), Number(""),
    "FREQ=SECONDLY", "FREQ=YEARLY;COUNT=99999999", "RRULE:", "BEGIN:VEVENT",
]  # fmt: skip


def sheet_of(rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook written by hand: no library writes such numbers."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(f"{column_letters(index)}{number}", value) for index, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    links = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = "http://schemas.openxmlformats.org/package/2006"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{parts}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{parts}/relationships"><Relationship Id="r1" Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{parts}/relationships"><Relationship Id="r1" Type="{links}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{"".join(lines)}</sheetData></worksheet>',
    }
    return package({name: text.encode() for name, text in members.items()}).getvalue()


def _cell(reference: str, value: Any) -> str:
    if isinstance(value, Number):
        return f'<c r="{reference}"><v>{value}</v></c>'
    text = escape("".join(sign for sign in str(value) if sign in "\t\n" or sign >= " "))
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def header_and_rows(importer: Importer) -> list[list[Any]]:
    """The template of an importer with three rows that are good, were they not the same."""
    fields = importer.fields
    return [[field.words[0] for field in fields], *([field.example for field in fields] for _ in range(3))]


@st.composite
def tables(draw: Any, importer: Importer) -> list[list[Any]]:
    rows = header_and_rows(importer)
    for _ in range(draw(st.integers(1, 6))):
        row, column = draw(st.integers(0, 3)), draw(st.integers(0, len(rows[0]) - 1))
        rows[row][column] = draw(st.one_of(st.sampled_from(CELLS), st.sampled_from(rows[0]), ANY))
    if draw(st.booleans()):
        rows.insert(draw(st.integers(0, 3)), [draw(ANY)])
    return rows


def as_csv(rows: Sequence[Sequence[Any]], encoding: str) -> bytes:
    lines = (",".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows)
    return "\r\n".join(lines).encode(encoding, errors="replace")


EVENT = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:a@b
SUMMARY:元旦
DTSTART;VALUE=DATE:20270101
DTEND;VALUE=DATE:20270104
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Asia/Shanghai:20290618T100000
DESCRIPTION:休
END:VEVENT
END:VCALENDAR
"""
LINES: Sequence[str] = [
    "DTSTART:99991231T235959Z", "DTSTART:00010101T000000Z", "DTSTART;VALUE=DATE:00010101", "DTSTART;TZID=Nowhere/None:20270101T000000",
    "DTEND:00010101", "DTEND;VALUE=DATE:99991231", "DURATION:P9999999W", "DURATION:-PT1S", "DURATION:x", "RRULE:FREQ=SECONDLY",
    "RRULE:FREQ=DAILY;INTERVAL=0", "RRULE:FREQ=YEARLY;UNTIL=99991231T235959Z", "RRULE:FREQ=DAILY;COUNT=999999999", "RRULE:", "RRULE:x=y",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2", "EXDATE:x", "RDATE:20270101", "RECURRENCE-ID:20270101", "UID:", "SUMMARY:" + "长" * 5000,
    "ATTENDEE:mailto:", "ATTENDEE:" + "x" * 500, "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VALARM", "END:VCALENDAR", " ", ":", ";", 'X;Y="Z:1',
    "CLASS:PRIVATE", "STATUS:CANCELLED", "SEQUENCE:999999999999999999999", "DTSTAMP:x", "BEGIN:VTIMEZONE", "SUMMARY:\\", "SUMMARY:\x01",
]  # fmt: skip


@st.composite
def calendars(draw: Any) -> bytes:
    lines = EVENT.splitlines()
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(("put", "instead", "away")))
        line = draw(st.one_of(st.sampled_from(LINES), SEVEN_BIT))
        lines[at : at + (how != "put")] = [] if how == "away" and len(lines) > 1 else [line]
    return "\r\n".join(lines).encode(errors="replace")


def damaged(content: bytes, random: random.Random) -> bytes:
    """Cut off, with other bytes in the middle, or as a package with a member lost, doubled, or full of something else."""
    how = random.choice(("cut", "bytes", "bytes", "lost", "doubled", "other", "repacked"))
    if how == "cut":
        return content[: random.randrange(len(content))]
    if how == "bytes" or not content.startswith(b"PK"):
        data = bytearray(content)
        for _ in range(random.randrange(1, 20)):
            data[random.randrange(len(data))] = random.randrange(256)
        return bytes(data)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [(name, archive.read(name)) for name in archive.namelist()]
    chosen = random.randrange(len(members))
    name, text = members[chosen]
    if how == "lost":
        del members[chosen]
    elif how == "doubled":
        members.append((name, text))
    elif how == "other":
        members[chosen] = (name, random.choice((b"", b"\0" * 1000, b"<", text[: len(text) // 2], b"<a>" * 50_000)))
    else:
        members[chosen] = (name, text.replace(b"r=", b"R=").replace(b'"1"', b'"4294967296"'))
    return package(dict(members)).getvalue()


@st.composite
def files(draw: Any, importer: Importer) -> tuple[str, bytes]:
    if importer.key.startswith("schedule.") and draw(st.booleans()):
        name, content = "a.ics", draw(calendars())
    else:
        rows = draw(tables(importer))
        encoding = draw(st.sampled_from(("", "", "utf-8-sig", "gb18030", "utf-16", "latin-1")))
        name, content = ("a.csv", as_csv(rows, encoding)) if encoding else ("a.xlsx", sheet_of(rows))
    if draw(st.integers(0, 4)) == 0:
        content = damaged(content, random.Random(draw(st.integers(0, 2**32))))
    return name, content


# What imports write into.
APPS = ("customers", "estates", "interactions", "schedule", "servicedesk")
REGISTER = [model for app in APPS for model in apps.get_app_config(app).get_models()]


class TimeIsUp(BaseException):
    """Past every `except Exception`, hypothesis' own included: the importer had its share."""


@pytest.fixture
def _media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.requirement("E-037")
@pytest.mark.django_db
@pytest.mark.usefixtures("_media")
@pytest.mark.parametrize("importer", all_importers(), ids=lambda importer: importer.key)
def test_any_file_is_reported_or_imported_cleanly(importer: Importer) -> None:
    cast = make_cast()
    until = time.monotonic() + SECONDS
    tried = 0

    @settings(
        max_examples=10_000,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(file=files(importer))
    def is_safe(file: tuple[str, bytes]) -> None:
        nonlocal tried
        if tried >= FEWEST and time.monotonic() > until:
            raise TimeIsUp
        tried += 1
        with transaction.atomic():
            walk(importer, cast, *file)
            transaction.set_rollback(True)

    with suppress(TimeIsUp):
        (is_safe if HUNTED_FOR else seed(20261123)(is_safe))()


def walk(importer: Importer, cast: Any, name: str, content: bytes) -> None:
    """From the upload to the register and back, as far as the file leads."""
    if not content:
        return
    began, before = time.monotonic(), rows_of_everything(importer)
    try:
        run = checked(importer.key, cast.sunshine, cast.administrator, io.BytesIO(content), name=name)
    except Unreadable:
        return
    assert (run.state, rows_of_everything(importer)) == (ImportState.CHECKED, before)
    assert all(run.findings.values_list("sentence", flat=True))
    with suppress(Refused):  # it has errors, or brings nothing
        apply_import(run, by=run.by)
        write_import(run)
        run.refresh_from_db()
        assert run.state == ImportState.APPLIED
        revert_import(run, by=run.by)
        take_import_back(run)
    assert rows_of_everything(importer) == before
    assert time.monotonic() - began < LONGEST


def rows_of_everything(importer: Importer) -> dict[str, int]:
    """How many rows each table of the register has. What an importer writes by operations stays as something that was called off."""
    if importer.undoings:
        return {"planned": CalendarEvent.objects.planned().count(), "open": ServiceRequest.objects.open().count()}
    return {model._meta.label: model._default_manager.count() for model in REGISTER}
