"""What lies ready at the counter of the demo for those who come about it."""

import io
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from gongying.common.clock import clock_at
from gongying.imports.spreadsheets import write_xlsx
from gongying.reception.models import VisitPurpose
from gongying.reception.operations import change_purpose
from gongying.workbench.demo.company import Cast
from gongying.workbench.demo.texts import read


def lay_out_papers(cast: Cast, *, since: datetime) -> None:
    for entry in read("papers"):
        purpose = VisitPurpose.objects.get(project=None, key=entry["purpose"])
        table = io.BytesIO()
        write_xlsx(table, labels=entry["labels"], rows=entry["rows"], title=entry["title"])
        paper = SimpleUploadedFile(f"{entry['title']}.xlsx", table.getvalue())
        with clock_at(since):
            change_purpose(
                purpose,
                project=cast.projects[entry["project"]],
                by=cast[entry["by"]],
                name=purpose.name,
                minutes=purpose.minutes,
                is_offered=True,
                papers=[paper],
            )
