from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request
from tests.structure.url_matrix import Sample, api, page

VIEW = "servicedesk.view_requests"
HANDLE = "servicedesk.handle_violations"
VIOLATION = {"request_id": "violation"}


def a_violation(sample: Sample) -> ServiceRequest:
    return register_request(
        by=sample.user,
        kind="violation",
        category=ServiceCategory.objects.get(code="common-works-illegal"),
        text="楼顶搭棚",
        channel="patrol",
        unit=sample.unit,
    )


OBJECTS = {"violation": a_violation}
# Most are impossible as things stand: 409 says that the permission was there. Guards do not see what is not theirs (404).
STEPS = {
    "dissuasions": {"way": "spoken", "words": "x", "heeded": False},
    "authority-reports": {"authority": "x", "words": "x"},
    "authority-answers": {"words": "x"},
    "conclusion": {"outcome": "unfounded", "words": "x"},
}

LINES = [
    page("servicedesk:violation-index", reason="everybody sees the requests she has to do with"),
    page("servicedesk:violation-new", needs=HANDLE),
    page("servicedesk:violation-panel", needs=VIEW, **VIOLATION),
    page("servicedesk:violation-print", needs=VIEW, **VIOLATION),
    api("GET /requests/{request_id}/violation", needs=VIEW, **VIOLATION),
    *(
        api(f"POST /requests/{{request_id}}/{noun}", needs=HANDLE, data=data, allowed=(200, 404, 409), **VIOLATION)
        for noun, data in STEPS.items()
    ),
]
