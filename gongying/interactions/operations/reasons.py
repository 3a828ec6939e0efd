from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.interactions.models import MOST_REASONS, ContactReason


@transaction.atomic
def add_reason(reason: ContactReason, *, by: User) -> ContactReason:
    """Take a further reason into the list, at its lowest free number."""
    reason.number = _free_number()
    _save(reason)
    record_event("reason.added", by=by, subjects=[reason], name=reason.name, number=reason.number)
    return reason


@transaction.atomic
def change_reason(reason: ContactReason, *, by: User, seen: int | None = None) -> ContactReason:
    """What is written from now on; past contacts are found by the words of their time and counted under the new ones."""
    stored = ContactReason.objects.select_for_update(no_key=True).get(pk=reason.pk)
    stored.advance_version(seen=seen)
    before = stored.name
    for name in ("name", "words", "journey_stage", "department_id"):
        setattr(stored, name, getattr(reason, name))
    _save(stored)
    record_event("reason.changed", by=by, subjects=[stored], name=stored.name, before=before)
    return stored


@transaction.atomic
def retire_reason(reason: ContactReason, *, by: User) -> ContactReason:
    """No longer offered; its number is free for another."""
    reason = ContactReason.objects.select_for_update(no_key=True).get(pk=reason.pk)
    if not reason.is_in_use:
        raise Refused(_("This reason is not in use any more."))
    reason.advance_version(seen=None)
    reason.number = None
    reason.save(update_fields=["number"])
    record_event("reason.retired", by=by, subjects=[reason], name=reason.name)
    return reason


@transaction.atomic
def take_up_reason(reason: ContactReason, *, by: User) -> ContactReason:
    """In use again."""
    reason = ContactReason.objects.select_for_update(no_key=True).get(pk=reason.pk)
    if reason.is_in_use:
        raise Refused(_("This reason is in use."))
    reason.advance_version(seen=None)
    reason.number = _free_number()
    _save(reason)
    record_event("reason.added", by=by, subjects=[reason], name=reason.name, number=reason.number)
    return reason


def _free_number() -> int:
    # Locked, so that two who add one at once get different numbers.
    taken = set(ContactReason.objects.select_for_update(no_key=True).in_use().values_list("number", flat=True))
    free = next((number for number in range(1, MOST_REASONS + 1) if number not in taken), None)
    if free is None:
        raise Refused(
            _("There are %(most)d reasons already: more cannot be told apart. Take one out of use first.")
            % {"most": MOST_REASONS}
        )
    return free


def _save(reason: ContactReason) -> None:
    sentences = {
        "interactions_contactreason_name_key": _("There is a reason of this name already."),
        "interactions_contactreason_number_key": _("Somebody else has changed this meanwhile. Open it again."),
    }
    with refusing(sentences):
        reason.save()
