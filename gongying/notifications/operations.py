from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.events.models import Event, kind_of, subject_key
from gongying.events.operations import push_on_commit, record_event
from gongying.notifications.digests import counts_for
from gongying.notifications.models import USUAL_DIGEST, Digest, Notification


def notify(event: Event, *, to: Iterable[User | None], about: models.Model | None = None) -> None:
    """Tell people of an event, each once; who did it herself and who left need no telling. `about` is what a click opens."""
    people = {user.pk: user for user in to if user is not None and user.is_active and user.pk != event.actor_id}
    if not people:
        return
    told = [_notification(event.pk, user_id, about) for user_id in people]
    Notification.objects.bulk_create(told, ignore_conflicts=True)
    push_on_commit([subject_key(user) for user in people.values()])


def notify_all(rows: Iterable[tuple[int, int, tuple[str, int] | None]]) -> None:
    """Many at once: (event id, user id, kind and id of what a click opens). Safe to run again."""
    told = [(event_id, user_id, *(about or ("", None))) for event_id, user_id, about in rows]
    columns = [list(column) for column in zip(*told, strict=True)] or [[], [], [], []]
    notify_selected(
        "SELECT * FROM unnest(%(events)s::bigint[], %(people)s::bigint[], %(kinds)s::text[], %(abouts)s::bigint[])"
        " AS told (event_id, user_id, about_kind, about_id)",
        dict(zip(("events", "people", "kinds", "abouts"), columns, strict=True)),
    )


def notify_selected(select: str, parameters: Mapping[str, Any]) -> None:
    """As `notify_all`, out of a statement for set-based jobs: it gives event_id, user_id, about_kind and about_id."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH told AS MATERIALIZED ({select}), written AS (
                INSERT INTO notifications_notification (event_id, user_id, about_kind, about_id, at)
                SELECT event_id, user_id, about_kind, about_id, %(at)s FROM told
                ON CONFLICT (event_id, user_id) DO NOTHING
            )
            SELECT DISTINCT user_id FROM told
            """,  # noqa: S608 a statement of our own
            {**parameters, "at": timezone.now()},
        )
        people = [user_id for (user_id,) in cursor.fetchall()]
    push_on_commit([f"user-{user_id}" for user_id in people])


def _notification(event_id: int, user_id: int, about: models.Model | None) -> Notification:
    kind, pk = (kind_of(about), about.pk) if about is not None else ("", None)
    return Notification(event_id=event_id, user_id=user_id, about_kind=kind, about_id=pk)


@transaction.atomic
def read_notification(notification: Notification) -> None:
    """The first reading counts."""
    if Notification.objects.filter(pk=notification.pk, read_at=None).update(read_at=timezone.now()):
        push_on_commit([f"user-{notification.user_id}"])
    notification.refresh_from_db(fields=["read_at"])


@transaction.atomic
def read_all(*, by: User, up_to: int | None = None) -> int:
    """Everything up to the newest one that the person has seen: what arrived meanwhile stays unread."""
    rows = Notification.objects.visible_to(by).unread()
    number = (rows.filter(pk__lte=up_to) if up_to else rows).update(read_at=timezone.now())
    push_on_commit([subject_key(by)])
    return number


def choose_digest(*, by: User, at: time | None) -> Digest:
    """When her day's summary comes; None: never."""
    digest, _created = Digest.objects.update_or_create(user=by, defaults={"at": at})
    return digest


def digest_of(user: User) -> Digest:
    return Digest.objects.filter(user=user).first() or Digest(user=user)


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="send_digests", pass_context=False)
def send_digests_later(timestamp: int) -> None:
    send_digests(at=timezone.localtime())


def send_digests(*, at: datetime) -> int:
    """The summaries that are due at this local time, each once a day however many workers ask. How many were sent."""
    active = User.objects.filter(is_active=True)
    missing = active.filter(digest=None).values_list("pk", flat=True)
    Digest.objects.bulk_create((Digest(user_id=pk, at=USUAL_DIGEST) for pk in missing), ignore_conflicts=True)
    number = 0
    while (sent := _send_next(at)) is not None:
        number += sent
    return number


@transaction.atomic
def _send_next(at: datetime) -> int | None:
    """One person's summary: 1 if there was something to say, None if nobody waits."""
    due = Digest.objects.filter(at__lte=at.time(), user__is_active=True).filter(
        models.Q(sent_on=None) | models.Q(sent_on__lt=at.date())
    )
    digest = (
        due.select_related("user").select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("pk").first()
    )
    if digest is None:
        return None
    digest.sent_on = at.date()
    digest.save(update_fields=["sent_on"])
    counts = counts_for(digest.user)
    unread = Notification.objects.visible_to(digest.user).unread().count()
    if not counts and not unread:
        return 0
    notify(record_event("digest.made", by=None, subjects=[], counts=counts, unread=unread), to=[digest.user])
    return 1
