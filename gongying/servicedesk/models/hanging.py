"""What hangs on a request, in one column: its page asks for what is there, not for each of the things that hardly ever are."""

from collections.abc import Iterable

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models.expressions import RawSQL

# The columns that name the request lead an index of each of these tables.
ROWS_OF = {
    # Exactly those that wait for a decision.
    "adjustments": "servicedesk_clockadjustment JOIN servicedesk_serviceclock AS clock ON clock.id = clock_id"
    " WHERE clock.service_request_id = servicedesk_servicerequest.id AND approved_by_id IS NULL",
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


# What the buttons of a request ask for.
ASKED_BY_STEPS = {"adjustments", "follow_ups", "splits"}


def what_hangs_on_it() -> RawSQL:
    """For `ServiceRequest.objects.annotate`: the names of `ROWS_OF` of which there is a row."""
    return RawSQL(  # noqa: S611 a constant of our own
        _names_of(ROWS_OF), (), output_field=ArrayField(models.CharField(max_length=20))
    )


def what_hangs_on_each(ids: list[int]) -> dict[int, list[str]]:
    """As far as buttons ask for it; of everything else there may be a row."""
    others = [name for name in ROWS_OF if name not in ASKED_BY_STEPS]
    with connection.cursor() as cursor:
        cursor.execute(HANGING_ON_EACH, [ids])
        return {pk: names + others for pk, names in cursor.fetchall()}


def _names_of(names: Iterable[str]) -> str:
    cases = ", ".join(f"CASE WHEN EXISTS (SELECT FROM {ROWS_OF[name]}) THEN '{name}' END" for name in names)
    return f"array_remove(ARRAY[{cases}]::text[], NULL)"


HANGING_ON_EACH = f"SELECT id, {_names_of(sorted(ASKED_BY_STEPS))} FROM servicedesk_servicerequest WHERE id = ANY(%s)"  # noqa: S608
