from tests.structure.url_matrix import Sample, action, page

EITHER = ("interactions.log_interaction", "servicedesk.register_request")
LOG = "interactions.log_interaction"


def a_form(sample: Sample) -> dict[str, object]:
    return {
        "token": "9f0f7c53-6a41-4d0e-9f1c-0d9d6b1a0001",
        "unit": sample.unit.pk,
        "channel": "phone",
        "text": "问路",
        "when": "now",
        "action": "answer",
    }


LINES = [
    page("servicedesk:entry-new", needs=EITHER),
    page("servicedesk:entry-suggestions", needs=EITHER),
    page("servicedesk:entry-show", interaction_id="interaction", needs="interactions.view_interactions"),
    action("servicedesk:entry-create", needs=LOG, data=a_form),
]
