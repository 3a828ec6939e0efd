"""What a fresh installation starts with: why customers come, how one talks with counterparts. Edited ones are left alone."""

import json
from pathlib import Path

from gongying.interactions.models import ContactReason, CounterpartGuide
from gongying.organization.models import Department

DATA = Path(__file__).parent / "data"


def install_reasons() -> None:
    if ContactReason.objects.exists():
        return
    departments = {department.kind: department for department in Department.objects.order_by("-pk")}
    rows = json.loads((DATA / "reasons.json").read_text(encoding="utf-8"))
    ContactReason.objects.bulk_create(
        ContactReason(**{**row, "number": number, "department": departments.get(row["department"])})
        for number, row in enumerate(rows, start=1)
    )


def install_guides() -> None:
    if CounterpartGuide.objects.exists():
        return
    rows = json.loads((DATA / "counterparts.json").read_text(encoding="utf-8"))
    CounterpartGuide.objects.bulk_create(
        CounterpartGuide(
            kind=row["kind"], **{name: "\n".join(row[name]) for name in ("topics", "preparation", "points")}
        )
        for row in rows
    )
