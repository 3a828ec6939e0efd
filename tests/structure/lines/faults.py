from gongying.servicedesk.models import FaultCall, PublicFault
from gongying.servicedesk.operations import announce_fault, end_fault
from tests.structure.lines.servicedesk import a_request
from tests.structure.url_matrix import Sample, action, api, page


def a_fault(sample: Sample) -> PublicFault:
    request = a_request(sample)
    return announce_fault(request, by=sample.user, words="电梯停用，维保已到场", places=[sample.unit.building])


def an_ended_fault(sample: Sample) -> PublicFault:
    return end_fault(a_fault(sample), by=sample.user, words="电梯已恢复运行")


def a_fault_call(sample: Sample) -> FaultCall:
    return end_fault(a_fault(sample), by=sample.user, words="电梯已恢复运行").calls.get()


OBJECTS = {"fault": a_fault, "ended_fault": an_ended_fault, "fault_call": a_fault_call}
ANNOUNCE = "servicedesk.announce_fault"
VIEW = "servicedesk.view_requests"
LOG = "interactions.log_interaction"
TOLD = "servicedesk.report_result"
EVERYBODY = "everybody of the place may know what is out of order"

LINES = [
    page("servicedesk:fault-index", reason=EVERYBODY),
    page("servicedesk:fault-show", fault_id="fault", reason=EVERYBODY),
    page("servicedesk:fault-new", request_id="request", needs=ANNOUNCE, seen_with=VIEW),
    page("servicedesk:fault-edit", fault_id="fault", needs=ANNOUNCE),
    page("servicedesk:fault-end", fault_id="fault", needs=ANNOUNCE),
    action(
        "servicedesk:fault-all-told",
        fault_id="ended_fault",
        needs=TOLD,
        data={"channel": "wechat"},
        allowed=(302, 409),
    ),
    action("servicedesk:fault-told", call_id="fault_call", needs=TOLD, data={"channel": "phone"}, allowed=(302, 409)),
    page("servicedesk:unit-faults", unit_id="unit"),
    api("GET /public-faults"),
    api(
        "POST /requests/{request_id}/public-fault",
        request_id="request",
        needs=ANNOUNCE,
        seen_with=VIEW,
        data=lambda sample: {"words": "电梯停用", "building_ids": [sample.unit.building_id]},
        allowed=(201, 409),
    ),
    api("GET /public-faults/{fault_id}", fault_id="fault"),
    api("PATCH /public-faults/{fault_id}", fault_id="fault", needs=ANNOUNCE, data={"version": 1, "words": "x"}),
    api(
        "POST /public-faults/{fault_id}/end", fault_id="fault", needs=ANNOUNCE, data={"words": "x"}, allowed=(200, 409)
    ),
    api("GET /public-faults/{fault_id}/calls", fault_id="fault"),
    api(
        "POST /public-faults/{fault_id}/calls",
        fault_id="fault",
        needs=LOG,
        data=lambda sample: {"channel": "phone", "unit_id": sample.unit.pk},
        allowed=(201, 409),
    ),
    api("POST /public-faults/calls/{call_id}/told", call_id="fault_call", needs=TOLD, data={}, allowed=(200, 409)),
]
