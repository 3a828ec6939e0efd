from secrets import token_urlsafe

from django.db import transaction
from django.utils import timezone

from gongying.accounts.models import User, digest_of
from gongying.events.operations import record_event
from gongying.schedule.models import CalendarFeed

SECRET_BYTES = 32


@transaction.atomic
def open_feed(*, by: User) -> str:
    """A secret address for one's own calendar; the one before opens nothing any more. The secret is told only here."""
    secret = token_urlsafe(SECRET_BYTES)
    values = {"digest": digest_of(secret), "opened_at": timezone.now()}
    CalendarFeed.objects.update_or_create(user=by, defaults=values)
    record_event("calendar_feed.opened", by=by, subjects=[])
    return secret


@transaction.atomic
def close_feed(feed: CalendarFeed, *, by: User) -> None:
    """The address opens nothing any more."""
    feed.delete()
    record_event("calendar_feed.closed", by=by, subjects=[])
