"""What was said already in the request that a dispute comes from."""

from dataclasses import dataclass

from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.mediation.models import LONGEST_SUBJECT, LONGEST_TEXT
from gongying.servicedesk.models import ServiceRequest


@dataclass(frozen=True)
class Said:
    """The dispute in a line and in full; who complained, where, and her words with what she asks for."""

    subject: str
    matter: str
    name: str
    party: Party | None
    unit: Unit | None
    statement: str


def said_in(request: ServiceRequest) -> Said:
    complaint = getattr(request, "complaint", None)
    words = (request.text, complaint.requested_remedy if complaint else "")
    return Said(
        subject=request.one_line[:LONGEST_SUBJECT],
        matter=request.text,
        name=request.caller_name or str(request.party or ""),
        party=request.party,
        unit=request.unit,
        statement="\n".join(filter(None, words))[:LONGEST_TEXT],
    )
