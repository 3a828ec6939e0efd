from datetime import timedelta

from django.utils import timezone

from gongying.interactions.models import (
    ContactPlan,
    ContactReason,
    CounterpartGuide,
    Interaction,
    Letter,
    Promise,
    SuggestionBox,
)
from gongying.interactions.operations import (
    Slip,
    enter_letters,
    log_interaction,
    make_promise,
    retire_reason,
    save_box,
    save_plan,
)
from tests.structure.url_matrix import Sample, action, api, page


def an_interaction(sample: Sample) -> Interaction:
    return log_interaction(
        by=sample.user, project=sample.unit.project, unit=sample.unit, party=sample.party, channel="phone", text="问路"
    )


def a_change(sample: Sample) -> dict[str, object]:
    return {"version": 1, "reason": "写错了", "topic": "问路"}


def a_touch(sample: Sample) -> dict[str, object]:
    return {"project_id": sample.unit.project_id, "unit_id": sample.unit.pk, "channel": "phone", "text": "问路"}


def a_promise(sample: Sample) -> Promise:
    due_at = timezone.now() + timedelta(hours=2)
    return make_promise(sample.get("interaction"), by=sample.user, text="回电", due_at=due_at)


def a_reason(_sample: Sample) -> ContactReason:
    reason: ContactReason = ContactReason.objects.in_use()[0]
    return reason


def a_retired_reason(sample: Sample) -> ContactReason:
    return retire_reason(ContactReason.objects.in_use()[1], by=sample.user)


def a_plan(sample: Sample) -> ContactPlan:
    plan = ContactPlan(
        project=sample.unit.project, kind="government", owner=sample.user, starts_on=timezone.localdate()
    )
    return save_plan(plan, by=sample.user)


def a_guide(_sample: Sample) -> CounterpartGuide:
    guide: CounterpartGuide = CounterpartGuide.objects.all()[0]
    return guide


def a_step(_sample: Sample) -> dict[str, object]:
    return {"step": CounterpartGuide.objects.get(kind="government").steps[0], "done": "1"}


def a_box(sample: Sample) -> SuggestionBox:
    box = SuggestionBox(project=sample.unit.project, name="大堂", keeper=sample.user)
    return save_box(box, by=sample.user)


def a_letter(sample: Sample) -> Letter:
    facts = {"channel": "letter", "reply_due_on": timezone.localdate() + timedelta(days=7), "by": sample.user}
    return enter_letters(sample.unit.project, slips=[Slip("电梯异响", unit=sample.unit)], **facts)[0]


OBJECTS = {
    "suggestion_box": a_box,
    "letter": a_letter,
    "contact_plan": a_plan,
    "counterpart_guide": a_guide,
    "interaction": an_interaction,
    "promise": a_promise,
    "contact_reason": a_reason,
    "retired_reason": a_retired_reason,
}
MANAGE_REASONS = "interactions.manage_reasons"
LOG = "interactions.log_interaction"
PLAN = "interactions.plan_contacts"
VIEW = "interactions.view_interactions"
CORRECT = "interactions.correct_interaction"

LINES = [
    page("interactions:interaction-index", needs=VIEW),
    page("interactions:interaction-show", interaction_id="interaction", needs=VIEW),
    page("interactions:interaction-edit", interaction_id="interaction", needs=CORRECT),
    action("interactions:interaction-update", interaction_id="interaction", needs=CORRECT),
    action("interactions:repeat-create", interaction_id="interaction", needs=CORRECT),
    action("interactions:repeat-destroy", interaction_id="interaction", needs=CORRECT),
    page("interactions:letter-index", needs=VIEW),
    page("interactions:letter-new", needs=LOG),
    page("interactions:letter-answer", letter_id="letter", seen_with=VIEW, needs=LOG),
    page("interactions:box-new", needs=PLAN),
    page("interactions:box-edit", box_id="suggestion_box", needs=PLAN),
    page("interactions:box-open", box_id="suggestion_box", needs=LOG),
    action("interactions:box-take-down", box_id="suggestion_box", needs=PLAN),
    page("interactions:plan-index", needs=VIEW),
    page("interactions:plan-new", needs=PLAN),
    page("interactions:plan-show", plan_id="contact_plan", needs=VIEW),
    page("interactions:plan-edit", plan_id="contact_plan", needs=PLAN),
    action("interactions:plan-end", plan_id="contact_plan", needs=PLAN),
    page("interactions:talk-plan", plan_id="contact_plan", needs=LOG),
    page("interactions:talk-card", plan_id="contact_plan", needs=LOG),
    action(
        "interactions:plan-tick",
        plan_id="contact_plan",
        needs="interactions.log_interaction",
        data=a_step,
        allowed=(302,),
    ),
    page("interactions:guide-edit", guide_id="counterpart_guide", needs="interactions.manage_guides", place=False),
    page("interactions:chat-new", needs="interactions.log_interaction"),
    page("interactions:contact-new", needs="interactions.log_interaction"),
    page("interactions:participants-edit", interaction_id="interaction", needs=CORRECT),
    page("interactions:reason-index", needs=MANAGE_REASONS),
    page("interactions:reason-new", needs=MANAGE_REASONS),
    page("interactions:reason-edit", reason_id="contact_reason", needs=MANAGE_REASONS, place=False),
    action("interactions:reason-retire", reason_id="contact_reason", needs=MANAGE_REASONS, place=False),
    action("interactions:reason-take-up", reason_id="retired_reason", needs=MANAGE_REASONS, place=False),
    api("GET /contact-reasons"),
    page("interactions:promise-index"),
    page("interactions:promise-figures"),
    page("interactions:unit-promises", unit_id="unit"),
    page("interactions:promise-show", promise_id="promise", needs=VIEW),
    action("interactions:keeping-create", promise_id="promise", needs="interactions.log_interaction"),
    api("GET /interactions"),
    api("POST /interactions", needs="interactions.log_interaction", data=a_touch, allowed=(201,)),
    api("GET /interactions/{interaction_id}", interaction_id="interaction", needs=VIEW),
    api("PATCH /interactions/{interaction_id}", interaction_id="interaction", needs=CORRECT, data=a_change),
    api("PUT /interactions/{interaction_id}/repeat", interaction_id="interaction", needs=CORRECT),
    api("DELETE /interactions/{interaction_id}/repeat", interaction_id="interaction", needs=CORRECT),
]
