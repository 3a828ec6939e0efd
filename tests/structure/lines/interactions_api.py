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

LINES = [
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
