"""What stands on the printed papers, for programs that print in a layout of their own."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import Moment, Output, PathId, row_or_404
from gongying.common.templatetags.formats import in_words
from gongying.customers.masking import masked_phone
from gongying.events.models import Event, EventSubject
from gongying.events.presentation import reading_of
from gongying.files.models import Attachment
from gongying.servicedesk.api.requests import visible
from gongying.servicedesk.case_page import facts_of
from gongying.servicedesk.complaint_paper import complaint_lines
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.progress import progress_of
from gongying.servicedesk.stage_report import past_services, result_of, time_left

router = Router(tags=["papers"])
MOST_ENTRIES = 500


class SlipJobOut(Output):
    number: str = Field(examples=["YG-BX26-000123/1"])
    worker: str = Field(description="Or the outside firm; empty: nobody yet", examples=["Lao Zhang"])
    task: str = Field(examples=[""])
    planned_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    planned_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])


class DispatchSlipOut(Output):
    """The work order on paper, in words: what is filled in by hand (result, material, signatures) is not here."""

    number: str = Field(examples=["YG-BX26-000123"])
    number_tail: str = Field(description="Printed large, to read out", examples=["0123"])
    project: str = Field(examples=["Sunshine Gardens"])
    place: str = Field(examples=["2-1-301"])
    contact: str = Field(examples=["Mr Zhou"])
    category: str = Field(examples=["Home / Plumbing / Leak"])
    urgency: str = Field(examples=["Ordinary"])
    registered_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    registered_by: str = Field(examples=["Xiao Zhao"])
    payer: str = Field(examples=["the company"])
    price_agreed: bool = Field(description="By the owner, where the owner pays", examples=[True])
    agreed_amount: Decimal | None = Field(description="To how much the owner agreed", examples=["80.00"])
    window_from: Moment | None = Field(examples=["2026-11-22T14:00:00+08:00"])
    window_to: Moment | None = Field(examples=["2026-11-22T16:00:00+08:00"])
    text: str = Field(examples=["The tap in the kitchen drips."])
    jobs: list[SlipJobOut]
    etiquette: list[str] = Field(description="The seven lines to tick", examples=[["Shoe covers"]])


@router.get("/requests/{int:request_id}/dispatch-slip", response=DispatchSlipOut)
def show_dispatch_slip(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    """The words of the paper in your language, not its page.

    The page is made for the browser of somebody who is logged in (its styles, two sizes of paper); who prints from
    another system has a layout of their own and needs what to put into it.
    """
    rows = visible(request).select_related("registered_by", "facility")
    return _slip(row_or_404(rows, request_id))


def _slip(row: ServiceRequest) -> dict[str, Any]:
    return {
        "number": row.number,
        "number_tail": row.number_tail,
        "project": str(row.project),
        "place": row.where,
        "contact": row.caller_name,
        "category": str(row.category),
        "urgency": row.get_urgency_display(),
        "registered_at": row.entered_at,
        "registered_by": str(row.registered_by),
        "payer": row.get_payer_display(),
        "price_agreed": row.price_agreed,
        "agreed_amount": row.agreed_amount,
        "window_from": row.window_from,
        "window_to": row.window_to,
        "text": row.text,
        "jobs": [
            {
                "number": str(job),
                "worker": job.doer_name,
                "task": job.task,
                "planned_from": job.planned_from,
                "planned_to": job.planned_to,
            }
            for job in row.work_orders.select_related("service_request").on_paper()
        ],
        "etiquette": [str(label) for label in Tick.labels],
    }


class PaperStageOut(Output):
    label: str = Field(examples=["handle"])
    status: str = Field(description="`done`, `here` or empty: still to come", examples=["here"])
    note: str = Field(description="Who and when", examples=["Xiao Zhao today 14:30"])


class PastServiceOut(Output):
    number: str = Field(examples=["YG-BX26-000098"])
    text: str = Field(examples=["The tap in the kitchen drips."])
    score: int = Field(examples=[5])
    comment: str = Field(examples=[""])
    at: Moment = Field(examples=["2026-11-02T10:00:00+08:00"])


class StageReportOut(Output):
    """How far a service is, how long it still takes, how its customer found the last five."""

    number: str = Field(examples=["YG-BX26-000123"])
    stages: list[PaperStageOut]
    time_left: str = Field(description="In words", examples=["3 h left; due today 18:00: 4 h"])
    due_at: Moment | None = Field(description="Of the clock; null: none runs", examples=["2026-11-22T18:00:00+08:00"])
    usual_seconds: float | None = Field(description="Without a clock: the median of those like it", examples=[None])
    similar: int = Field(description="How many the median is of", examples=[0])
    past_services: list[PastServiceOut]


class ComplaintLineOut(Output):
    label: str = Field(examples=["Verification"])
    text: str = Field(description="Empty: not yet, left to the pen", examples=["The guard admits it."])
    signed: str = Field(description="By whom and when", examples=["Xiao Wu 2026-11-22 10:30"])


class ComplaintFormOut(Output):
    """The complaint handling form in words: head, and the six stages."""

    number: str = Field(examples=["YG-TS26-000004"])
    project: str = Field(examples=["Sunshine Gardens"])
    place: str = Field(examples=["2-1-301"])
    complainant: str = Field(examples=["Mr Zhou"])
    phone: str = Field(description="Masked", examples=["138****1234"])
    received_at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    category: str = Field(examples=["Service / Attitude"])
    owner: str = Field(examples=["Steward Wang"])
    state: str = Field(examples=["handling"])
    lines: list[ComplaintLineOut]


class ReportFactOut(Output):
    label: str = Field(examples=["Category"])
    value: str = Field(examples=["Home / Plumbing / Leak"])


class ReportEntryOut(Output):
    at: Moment = Field(examples=["2026-11-21T14:31:07+08:00"])
    by: str = Field(examples=["Xiao Zhao"])
    title: str = Field(examples=["Registered"])
    text: str = Field(examples=["The tap in the kitchen drips."])


class IncidentReportOut(Output):
    """Facts, times, people, result and photos of a matter (R-190)."""

    number: str = Field(examples=["YG-BX26-000123"])
    place: str = Field(examples=["Sunshine Gardens 2-1-301"])
    state: str = Field(examples=["closed"])
    text: str = Field(examples=["The tap in the kitchen drips."])
    facts: list[ReportFactOut]
    entries: list[ReportEntryOut] = Field(description="What happened when; at most 500")
    result: str = Field(examples=["Replaced the cartridge."])
    told: str = Field(description="To the customer", examples=["It is repaired."])
    follow_up: str = Field(examples=["5"])
    photo_ids: list[int] = Field(description="Attachments", examples=[[31, 32]])


@router.get("/requests/{int:request_id}/stage-report", response=StageReportOut)
def show_stage_report(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    """What the stage report on paper says, in your language."""
    row = _paper(request, request_id)
    left = time_left(row)
    return {
        "number": row.number,
        "stages": [{"label": str(s.label), "status": s.status, "note": str(s.note)} for s in progress_of(row)],
        "time_left": left.words,
        "due_at": left.due_at,
        "usual_seconds": left.usual.total_seconds() if left.usual is not None else None,
        "similar": left.similar,
        "past_services": [
            {
                "number": past.service_request.number,
                "text": past.service_request.text,
                "score": past.score,
                "comment": past.comment,
                "at": past.at,
            }
            for past in past_services(row, request.user)
        ],
    }


@router.get("/requests/{int:request_id}/complaint-form", response=ComplaintFormOut)
def show_complaint_form(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    """What the complaint handling form on A4 says; of what is no complaint there is none (404)."""
    row = _paper(request, request_id)
    if not row.is_complaint:
        raise Http404
    return {
        "number": row.number,
        "project": str(row.project),
        "place": row.where,
        "complainant": row.caller_name,
        "phone": masked_phone(row.caller_phone) if row.caller_phone else "",
        "received_at": row.occurred_at,
        "category": str(row.category),
        "owner": str(row.owner),
        "state": row.state_label,
        "lines": [
            {"label": str(line.label), "text": line.text, "signed": line.signed}
            for line in complaint_lines(row, paper="a4")
        ],
    }


@router.get("/requests/{int:request_id}/incident-report", response=IncidentReportOut)
def show_incident_report(request: SignedInRequest, request_id: PathId) -> dict[str, Any]:
    """What the incident report on paper says, in your language; its photos by their ids."""
    row = _paper(request, request_id)
    entries = EventSubject.objects.of(row).select_related("event__actor").order_by("at", "pk")[:MOST_ENTRIES]
    notice, asked = row.resultnotices.last(), row.followups.last()
    return {
        "number": row.number,
        "place": f"{row.project} {row.where}",
        "state": row.state_label,
        "text": row.text,
        "facts": [{"label": str(label), "value": in_words(value)} for label, value in facts_of(row) if value],
        "entries": [_entry(entry.event) for entry in entries],
        "result": result_of(row),
        "told": notice.words if notice else "",
        "follow_up": f"{asked} {asked.comment}".strip() if asked else "",
        "photo_ids": [file.pk for file in Attachment.objects.of(row) if file.is_image],
    }


def _entry(event: Event) -> dict[str, Any]:
    reading = reading_of(event.verb)
    return {
        "at": event.at,
        "by": str(event.actor or ""),
        "title": str(reading.title_of(event.details)),
        "text": str(reading.text(event.details)),
    }


def _paper(request: SignedInRequest, request_id: int) -> ServiceRequest:
    rows = visible(request).for_list().select_related("first_responder", "registered_by", "facility", "complaint")
    found: ServiceRequest = row_or_404(rows, request_id)
    return found
