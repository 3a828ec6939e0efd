from gongying.organization.models import Department
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import RequestLink, ServiceCategory, SupportTask
from tests.structure.lines.servicedesk import a_request
from tests.structure.url_matrix import Sample, api, page

VIEW = "servicedesk.view_requests"
NOTE = "servicedesk.note_request"
ASK = "servicedesk.transfer_request"
SUPPORT = "servicedesk.support_requests"
ACCEPT = "servicedesk.accept_request"
REQUEST = {"request_id": "request"}
TASK = {"task_id": "support_task"}


def a_link(sample: Sample) -> RequestLink:
    return do.link_requests(a_request(sample), to=a_request(sample), by=sample.user)


def a_support_task(sample: Sample) -> SupportTask:
    request = do.accept_request(a_request(sample), by=sample.user)
    departments = [Department.objects.earliest("pk")]
    [task] = do.ask_support(request, by=sample.user, departments=departments, task="配合抢修")
    return task


def support_asked(_sample: Sample) -> dict[str, object]:
    return {"department_ids": [Department.objects.earliest("pk").pk], "task": "x"}


def second_matter(_sample: Sample) -> dict[str, object]:
    category = ServiceCategory.objects.get(code="service-attitude-worker")
    return {"text": "x", "kind": "complaint", "category_id": category.pk}


OBJECTS = {"link": a_link, "support_task": a_support_task}
OWN_TASKS = {"reason": "each department ends its own tasks itself", "allowed": (200, 403, 404, 409)}

LINES = [
    page("servicedesk:support-index", needs=SUPPORT),
    page("servicedesk:support-panel", needs=VIEW, **REQUEST),
    page("servicedesk:support-finish", needs=SUPPORT, **OWN_TASKS, **TASK),
    page("servicedesk:support-withdraw", needs=ASK, seen_with=VIEW, **TASK),
    page("servicedesk:link-undo", needs=NOTE, link_id="link", seen_with=VIEW),
    api("GET /requests/{request_id}/matter", needs=VIEW, **REQUEST),
    api(
        "POST /requests/{request_id}/links",
        needs=NOTE,
        data=lambda sample: {"to_id": a_request(sample).pk},
        allowed=(201, 404, 422),
        reason="who does not see the request gets 404",
        **REQUEST,
    ),
    api("POST /links/{link_id}/undoing", needs=NOTE, data={"reason": "x"}, link_id="link", allowed=(200, 404, 409)),
    api("POST /requests/{request_id}/split", needs=ACCEPT, data=second_matter, allowed=(201,), **REQUEST),
    api("POST /requests/{request_id}/split-undo", needs=ACCEPT, data={"reason": "x"}, allowed=(200, 409), **REQUEST),
    api("GET /requests/{request_id}/support-tasks", needs=VIEW, **REQUEST),
    api("POST /requests/{request_id}/support-tasks", needs=ASK, data=support_asked, allowed=(201, 409), **REQUEST),
    api("GET /support-tasks", needs=SUPPORT),
    api("POST /support-tasks/{task_id}/completion", needs=SUPPORT, data={"result": "x"}, **OWN_TASKS, **TASK),
    api("POST /support-tasks/{task_id}/withdrawal", needs=ASK, data={"reason": "x"}, allowed=(200, 409), **TASK),
]
