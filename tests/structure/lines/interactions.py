from gongying.interactions.models import Interaction
from gongying.interactions.operations import log_interaction
from tests.structure.url_matrix import Sample, api


def an_interaction(sample: Sample) -> Interaction:
    return log_interaction(
        by=sample.user, project=sample.unit.project, unit=sample.unit, party=sample.party, channel="phone", text="问路"
    )


def a_change(sample: Sample) -> dict[str, object]:
    return {"version": 1, "reason": "写错了", "topic": "问路"}


def a_touch(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "unit_id": sample.unit.pk, "channel": "phone", "text": "问路"}


OBJECTS = {"interaction": an_interaction}
VIEW = "interactions.view_interactions"
CORRECT = "interactions.correct_interaction"

LINES = [
    api("GET /interactions"),
    api("POST /interactions", needs="interactions.log_interaction", data=a_touch, allowed=(201,)),
    api("GET /interactions/{interaction_id}", interaction_id="interaction", needs=VIEW),
    api("PATCH /interactions/{interaction_id}", interaction_id="interaction", needs=CORRECT, data=a_change),
    api("PUT /interactions/{interaction_id}/repeat", interaction_id="interaction", needs=CORRECT),
    api("DELETE /interactions/{interaction_id}/repeat", interaction_id="interaction", needs=CORRECT),
]
