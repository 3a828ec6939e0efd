from typing import Any

from gongying.briefings.models import Briefing
from gongying.briefings.operations import send_notice
from tests.structure.url_matrix import Sample, action, api, page

SEND = "briefings.send_notices"
HEAR = "briefings.hear_reports"
OWN = "everybody sees what she sent and what she was sent"


def a_notice(sample: Sample) -> Briefing:
    return send_notice(sample.unit.project, title="停水通知", text="三号楼九点到十一点停水", by=sample.user)


def with_project(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "title": "停水通知", "text": "三号楼九点到十一点停水"}


# Who was sent it sees it, wherever she sits: that nobody else does is shown in tests/briefings.
OBJECTS = {"briefing": a_notice}

LINES = [
    page("briefings:briefing-index", reason=OWN),
    page("briefings:notice-new", needs=SEND),
    page("briefings:report-new", reason="everybody may report upwards"),
    page("briefings:briefing-show", briefing_id="briefing", place=False, reason=OWN),
    action("briefings:briefing-read", briefing_id="briefing", place=False, reason=OWN),
    action("briefings:briefing-answer", briefing_id="briefing", place=False, needs=HEAR, data={"text": "x"}),
    action("briefings:briefing-withdraw", briefing_id="briefing", place=False, reason=OWN),
    action("briefings:briefing-remind", briefing_id="briefing", place=False, needs=SEND),
    api("GET /briefings", reason=OWN),
    api("GET /briefings/{briefing_id}", briefing_id="briefing", place=False, reason=OWN),
    api("POST /notices", needs=SEND, data=with_project, allowed=(201, 422)),
    api("POST /reports-upwards", reason="everybody may report upwards", data=with_project, allowed=(201, 409, 422)),
    api("POST /briefings/{briefing_id}/acknowledge", briefing_id="briefing", place=False, reason=OWN),
    api(
        "POST /briefings/{briefing_id}/answer",
        briefing_id="briefing",
        place=False,
        needs=HEAR,
        data={"version": 1, "text": "x"},
    ),
    api("POST /briefings/{briefing_id}/withdraw", briefing_id="briefing", place=False, reason=OWN, data={"version": 1}),
    api("POST /briefings/{briefing_id}/remind", briefing_id="briefing", place=False, needs=SEND),
]
