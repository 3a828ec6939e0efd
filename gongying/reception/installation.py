"""What a fresh installation starts with: the eight purposes of ux.md 2.7. Edited ones are left alone."""

import json
from pathlib import Path

from gongying.reception.models import VisitPurpose

DATA = Path(__file__).parent / "data"


def install_purposes() -> None:
    if VisitPurpose.objects.exists():
        return
    rows = json.loads((DATA / "purposes.json").read_text(encoding="utf-8"))
    VisitPurpose.objects.bulk_create(VisitPurpose(position=position, **row) for position, row in enumerate(rows))
