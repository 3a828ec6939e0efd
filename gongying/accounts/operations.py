"""What happens to a log-in. Whose it is, and what the journal says of it, is known higher up (`organization`)."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from gongying.accounts.models import CallPace, IdempotencyKey, User

# Longer than any caller goes on trying again; documented for callers (docs/operations.md).
KEYS_KEPT = timedelta(days=7)


@transaction.atomic
def open_log_in(*, username: str, name: str, phone: str, password: str, email: str = "") -> User:
    """A log-in with a first password that opens only the page to change it."""
    user = User(username=username, name=name, phone=phone, email=email, must_change_password=True)
    validate_password(password, user)
    user.set_password(password)
    user.save()
    return user


@transaction.atomic
def close_log_in(user: User) -> None:
    """From the next request on: sessions, tokens and pushes all ask for an active user."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.api_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def reopen_log_in(user: User) -> None:
    """She logs in again as before; her tokens stay revoked."""
    user.is_active = True
    user.save(update_fields=["is_active"])


@transaction.atomic
def set_first_password(user: User, password: str) -> None:
    """A password that somebody else chose. It ends her sessions, and she must replace it."""
    validate_password(password, user)
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])


@app.periodic(cron="30 3 * * *")
@app.task(queueing_lock="forget_old_calls", pass_context=False)
def forget_old_calls_later(timestamp: int) -> None:
    forget_old_calls()


def forget_old_calls() -> None:
    """Idempotency keys that nobody sends again, and the pace of callers who are even."""
    now = timezone.now()
    IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT).delete()
    CallPace.objects.filter(even_at__lt=now).delete()
