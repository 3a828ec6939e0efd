from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from gongying.mediation.models import MediationCase, Side
from gongying.mediation.operations import Disputant, hold_session, open_case, reach_agreement
from tests.structure.url_matrix import Sample, api, page

VIEW = "mediation.view_cases"
MEDIATE = "mediation.mediate"


def photo() -> SimpleUploadedFile:
    written = BytesIO()
    Image.new("RGB", (40, 30), (255, 255, 255)).save(written, "JPEG")
    return SimpleUploadedFile("a.jpg", written.getvalue(), "image/jpeg")


def a_dispute(sample: Sample) -> MediationCase:
    sides = [Disputant(name="一方", unit=sample.unit), Disputant(name="另一方", unit=sample.unit)]
    facts = {"subject": "噪声", "matter": "脚步声", "sides": sides}
    return open_case(sample.unit.project, by=sample.user, **facts)


def a_side(sample: Sample) -> Side:
    return Side.objects.of(sample.get("dispute"))[0]


def talked_over(sample: Sample) -> MediationCase:
    case = a_dispute(sample)
    at = timezone.now() - timedelta(hours=1)
    hold_session(case, present=list(Side.objects.of(case)), began_at=at, record="谈了", by=sample.user)
    return MediationCase.objects.get(pk=case.pk)


def agreed_upon(sample: Sample) -> MediationCase:
    case = talked_over(sample)
    facts = {"text": "十点后安静", "check_on": timezone.localdate(), "papers": [photo()]}
    reach_agreement(case, by=sample.user, **facts)
    return MediationCase.objects.get(pk=case.pk)


def a_new_dispute(sample: Sample) -> dict[str, Any]:
    facts = {"project_id": sample.unit.project_id, "subject": "噪声", "matter": "脚步声"}
    return {**facts, "sides": [{"name": "一方"}, {"name": "另一方"}]}


OBJECTS = {
    "dispute": a_dispute,
    "dispute_side": a_side,
    "dispute_talked_over": talked_over,
    "dispute_agreed": agreed_upon,
}
CASE = {"case_id": "dispute", "seen_with": VIEW}
TALKED = {"case_id": "dispute_talked_over", "seen_with": VIEW}
AGREED = {"case_id": "dispute_agreed", "seen_with": VIEW}
WORD = {"version": 1, "word": "x"}
TOO_EARLY = (200, 201, 409, 422)

LINES = [
    page("mediation:case-index", needs=(VIEW, MEDIATE)),
    page("mediation:case-new", needs=MEDIATE),
    page("mediation:request-panel", request_id="request", needs="servicedesk.view_requests"),
    page("mediation:case-show", **CASE),
    page("mediation:case-paper", **AGREED),
    page("mediation:side-new", needs=MEDIATE, **CASE),
    page("mediation:side-edit", side_id="dispute_side", seen_with=VIEW, needs=MEDIATE),
    page("mediation:case-pass-on", needs=MEDIATE, **CASE),
    page("mediation:case-meet", needs=MEDIATE, **CASE),
    page("mediation:case-agree", needs=MEDIATE, **TALKED),
    page("mediation:case-keep", needs=MEDIATE, **AGREED),
    page("mediation:case-breach", needs=MEDIATE, **AGREED),
    page("mediation:case-refer", needs=MEDIATE, **CASE),
    page("mediation:case-fail", needs=MEDIATE, **TALKED),
    page("mediation:case-withdraw", needs=MEDIATE, **CASE),
    api("GET /mediations", needs=(VIEW, MEDIATE)),
    api("POST /mediations", needs=MEDIATE, data=a_new_dispute, reason="of a project that one sees", allowed=(201, 422)),
    api("GET /mediations/{case_id}", **CASE),
    api("GET /mediations/{case_id}/sessions", **CASE),
    api(
        "POST /mediations/{case_id}/sessions",
        needs=MEDIATE,
        data={"version": 1, "began_at": "2026-01-01T09:00:00+08:00", "side_ids": [1], "record": "x"},
        allowed=TOO_EARLY,
        **CASE,
    ),
    api("GET /mediations/{case_id}/agreements", **CASE),
    api(
        "POST /mediations/{case_id}/agreements",
        needs=MEDIATE,
        data={"version": 2, "text": "x", "check_on": "2039-12-31", "filed_under": "1"},
        allowed=TOO_EARLY,
        **TALKED,
    ),
    *(
        api(f"POST /mediations/{{case_id}}/{step}", needs=MEDIATE, data=WORD, allowed=TOO_EARLY, **CASE)
        for step in ("keep", "breach", "fail", "withdraw")
    ),
    api(
        "POST /mediations/{case_id}/refer",
        needs=MEDIATE,
        data={**WORD, "body": "court"},
        allowed=TOO_EARLY,
        **CASE,
    ),
]
