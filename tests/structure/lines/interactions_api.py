from datetime import timedelta

from django.utils import timezone

from gongying.interactions.models import Promise
from gongying.interactions.operations import make_promise
from tests.structure.url_matrix import Sample, api


def a_promise(sample: Sample) -> Promise:
    due_at = timezone.now() + timedelta(hours=1)
    return make_promise(sample.get("interaction"), by=sample.user, text="回电", due_at=due_at)


OBJECTS = {"promise": a_promise}
VIEW = "interactions.view_interactions"
LOG = "interactions.log_interaction"
TOUCH = {"interaction_id": "interaction"}

PLAN = "interactions.plan_contacts"
PLANNED = {"plan_id": "contact_plan"}
STEP = {"step": "x", "is_done": True}


def a_new_plan(sample: Sample) -> dict[str, object]:
    facts = {"kind": "committee", "owner_staff_id": sample.user.staff.pk, "starts_on": "2026-11-01"}
    return {"project_id": sample.unit.project_id, **facts}


SLIP = {"text": "电梯异响"}
DUE = {"reply_due_on": "2039-12-31"}


def letters(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "channel": "letter", "slips": [SLIP], **DUE}


LINES = [
    api("GET /suggestion-boxes", needs=VIEW),
    api(
        "POST /suggestion-boxes/{box_id}/openings",
        box_id="suggestion_box",
        needs=LOG,
        data={"witness_staff_id": 1, "slips": [SLIP], **DUE},
        allowed=(201, 409, 422),
    ),
    api("GET /contact-plans", needs=VIEW),
    api(
        "POST /contact-plans", needs=PLAN, data=a_new_plan, allowed=(201, 409, 422), reason="of a project that one sees"
    ),
    api("GET /contact-plans/{plan_id}", needs=VIEW, **PLANNED),
    api("POST /contact-plans/{plan_id}/preparation", needs=LOG, data=STEP, allowed=(200, 409), **PLANNED),
    api("POST /contact-plans/{plan_id}/talks", needs=LOG, data={"interaction_id": 1}, allowed=(200, 422), **PLANNED),
    api("POST /contact-plans/{plan_id}/end", needs=PLAN, allowed=(200,), **PLANNED),
    api("GET /letters", needs=VIEW),
    api("POST /letters", needs=LOG, data=letters, allowed=(201, 422), reason="of a project that one sees"),
    api(
        "POST /letters/{letter_id}/answer",
        letter_id="letter",
        seen_with=VIEW,
        needs=LOG,
        data={"text": "已处理", "way": "phone"},
        allowed=(200,),
    ),
    api("GET /interactions/{interaction_id}/attachments", needs=VIEW, **TOUCH),
    api("POST /interactions/{interaction_id}/attachments", needs="interactions.correct_interaction", **TOUCH),
    api(
        "POST /interactions/{interaction_id}/promises",
        needs=LOG,
        data={"due_at": "2199-01-01T00:00:00+08:00"},
        allowed=(201, 404),
        reason="404: she may log but not see what others logged",
        **TOUCH,
    ),
    api("GET /promises"),
    api("GET /promises/{promise_id}", promise_id="promise", needs=VIEW),
    api("POST /promises/{promise_id}/keeping", promise_id="promise", needs=LOG, data={"words": "已回电"}),
]
