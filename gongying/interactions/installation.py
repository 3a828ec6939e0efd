"""What a fresh installation starts with: why customers come, in their words. An edited list is left alone."""

import json
from pathlib import Path

from gongying.interactions.models import ContactReason
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
