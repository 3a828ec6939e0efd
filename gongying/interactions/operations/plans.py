from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.interactions.method_cards import card_for
from gongying.interactions.models import (
    UNDER_CONTRACT,
    ContactPlan,
    CounterpartGuide,
    Interaction,
    PlannedTalk,
    PreparationTick,
)


@transaction.atomic
def save_plan(plan: ContactPlan, *, by: User, seen: int | None = None) -> ContactPlan:
    """A new plan, or how it is from now on. Firms and developers are met with the contract in hand (R-136)."""
    if plan.kind in UNDER_CONTRACT and not (plan.contract.strip() or plan.no_contract_reason.strip()):
        raise Refused(_("Name the contract, or say why there is none."))
    is_new = plan.pk is None
    if not is_new:
        plan.advance_version(seen=seen)
    with refusing({"contact_plan_once": _("There is a plan for this counterpart already.")}):
        plan.save()
    record_event(
        "contactplan.made" if is_new else "contactplan.changed",
        by=by,
        subjects=[plan, plan.party],
        counterpart=plan.kind,
        months=plan.every_months,
        owner=str(plan.owner),
    )
    return plan


@transaction.atomic
def end_plan(plan: ContactPlan, *, by: User) -> ContactPlan:
    plan = ContactPlan.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=plan.pk)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended already."))
    plan.advance_version(seen=None)
    plan.ended_at = timezone.now()
    plan.save(update_fields=["ended_at"])
    record_event("contactplan.ended", by=by, subjects=[plan, plan.party], counterpart=plan.kind)
    return plan


@transaction.atomic
def tick_step(plan: ContactPlan, step: str, *, is_done: bool, by: User) -> None:
    """A step of the preparation of the next talk is done, or not yet after all."""
    plan = ContactPlan.objects.select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    if step not in steps_of(plan):
        raise Refused(_("This step is not in the guide any more."))
    if is_done:
        PreparationTick.objects.get_or_create(plan=plan, step=step, interaction=None, defaults={"by": by})
    else:
        PreparationTick.objects.filter(plan=plan, step=step, interaction=None).delete()


@transaction.atomic
def plan_talk(plan: ContactPlan, *, purpose: str, content: str, place_kind: str, way: str, by: User) -> PlannedTalk:
    """How the next talk is to go, instead of what was said of it before; beside the choice stands what was suggested."""
    plan = ContactPlan.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=plan.pk)
    if plan.ended_at is not None:
        raise Refused(_("This plan has ended already."))
    if not content.strip():
        raise Refused(_("Say what the talk is about."))
    asked = {"purpose": purpose, "content": content.strip(), "place_kind": place_kind}
    suggested = card_for(kind=plan.kind, **asked).way
    facts = {**asked, "suggested": suggested, "way": way, "by": by, "at": timezone.now()}
    talk, _is_new = PlannedTalk.objects.update_or_create(plan=plan, interaction=None, defaults=facts)
    details: dict[str, Any] = {"content": talk.content, "way": way, "suggested": str(suggested), "purpose": purpose}
    record_event("talk.planned", by=by, subjects=[plan, plan.party], **details)
    return talk


@transaction.atomic
def note_talk(plan: ContactPlan, interaction: Interaction, *, by: User) -> list[str]:
    """The talk that was planned took place: the preparation is kept with it. What was left open is returned, and kept (R-134)."""
    plan = ContactPlan.objects.select_for_update(of=("self",), no_key=True).select_related("party").get(pk=plan.pk)
    left = steps_left(plan)
    PreparationTick.objects.filter(plan=plan, interaction=None).update(interaction=interaction)
    PlannedTalk.objects.filter(plan=plan, interaction=None).update(interaction=interaction)
    record_event("contactplan.kept", by=by, subjects=[plan, interaction, plan.party], counterpart=plan.kind, left=left)
    return left


def steps_left(plan: ContactPlan) -> list[str]:
    """What is not prepared yet for the next talk."""
    done = set(PreparationTick.objects.filter(plan=plan, interaction=None).values_list("step", flat=True))
    return [step for step in steps_of(plan) if step not in done]


def steps_of(plan: ContactPlan) -> list[str]:
    guide = CounterpartGuide.objects.filter(kind=plan.kind).first()
    return guide.steps if guide else []


@transaction.atomic
def change_guide(guide: CounterpartGuide, *, by: User, seen: int | None = None) -> CounterpartGuide:
    guide.advance_version(seen=seen)
    guide.save(update_fields=["topics", "preparation", "points"])
    record_event("guide.changed", by=by, subjects=[guide], counterpart=guide.kind)
    return guide
