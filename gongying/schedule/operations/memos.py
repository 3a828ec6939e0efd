"""Notes for oneself. The journal says nothing of them: what somebody deletes is gone."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.schedule.models import Memo
from gongying.schedule.operations.reminders import set_reminder


@transaction.atomic
def write_memo(*, by: User, text: str, is_pinned: bool = False, remind_at: datetime | None = None) -> Memo:
    memo = Memo.objects.create(writer=by, text=_checked(text), is_pinned=is_pinned)
    set_reminder(memo, at=remind_at, by=by)
    return memo


@transaction.atomic
def change_memo(
    memo: Memo,
    *,
    by: User,
    text: str,
    is_pinned: bool = False,
    remind_at: datetime | None = None,
    seen: int | None = None,
) -> Memo:
    memo.advance_version(seen=seen)
    memo.text, memo.is_pinned, memo.changed_at = _checked(text), is_pinned, timezone.now()
    memo.save(update_fields=["text", "is_pinned", "changed_at"])
    set_reminder(memo, at=remind_at, by=by)
    return memo


@transaction.atomic
def delete_memo(memo: Memo, *, by: User, seen: int | None = None) -> None:
    memo.advance_version(seen=seen)
    memo.delete()


def _checked(text: str) -> str:
    if not text.strip():
        raise Refused(_("A memo needs a word at least."))
    return text.strip()
