from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.models import Phrase
from gongying.common.errors import Refused
from gongying.events.operations import record_event


@transaction.atomic
def save_phrase(phrase: Phrase, *, by: User, seen: int | None = None) -> Phrase:
    """A new phrase, or a change of one (with its version as last read)."""
    for name in ("say", "avoid", "hint", "source"):
        setattr(phrase, name, getattr(phrase, name).strip())
    if not (phrase.say or phrase.avoid or phrase.hint):
        raise Refused(_("Write what to say, what not to say, or what to mind."))
    is_new = phrase.pk is None
    if is_new:
        last = Phrase.objects.filter(situation=phrase.situation).order_by("-position").first()
        phrase.position = last.position + 1 if last else 1
        phrase.save()
    else:
        phrase.advance_version(seen=seen)
        phrase.save()
    details: dict[str, Any] = {
        "say": phrase.say,
        "avoid": phrase.avoid,
        "hint": phrase.hint,
        "offered": phrase.is_offered,
    }
    subjects = [phrase, phrase.project]
    record_event("phrase.added" if is_new else "phrase.changed", by=by, subjects=subjects, **details)
    return phrase
