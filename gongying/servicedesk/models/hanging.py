"""What hangs on a request, in one column: its page asks for what is there, not for each of the things that hardly ever are."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import RawSQL

# The columns that name the request lead an index of each of these tables.
ROWS_OF = {
    "faults": "servicedesk_publicfault WHERE service_request_id = servicedesk_servicerequest.id AND ended_at IS NULL",
    "orders": "servicedesk_hotlineorder WHERE service_request_id = servicedesk_servicerequest.id",
    "escalations": "servicedesk_escalation WHERE service_request_id = servicedesk_servicerequest.id AND settled_at IS NULL",
    "follow_ups": "servicedesk_followup WHERE service_request_id = servicedesk_servicerequest.id",
    "quotes": "servicedesk_quote WHERE service_request_id = servicedesk_servicerequest.id",
    "splits": "servicedesk_requestlink WHERE second_id = servicedesk_servicerequest.id AND kind = 'split' AND undone_at IS NULL",
    "support": "servicedesk_supporttask WHERE service_request_id = servicedesk_servicerequest.id"
    " AND done_at IS NULL AND withdrawn_at IS NULL",
    "urgings": "servicedesk_urging WHERE service_request_id = servicedesk_servicerequest.id",
    "attachments": "files_attachmentuse WHERE kind = 'servicerequest' AND object_id = servicedesk_servicerequest.id",
}


def what_hangs_on_it() -> RawSQL:
    """For `ServiceRequest.objects.annotate`: the names of `ROWS_OF` of which there is a row."""
    cases = ", ".join(f"CASE WHEN EXISTS (SELECT FROM {rows}) THEN '{name}' END" for name, rows in ROWS_OF.items())
    return RawSQL(  # noqa: S611 a constant of our own
        f"array_remove(ARRAY[{cases}]::text[], NULL)", (), output_field=ArrayField(models.CharField(max_length=20))
    )
