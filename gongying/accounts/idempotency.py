"""`Idempotency-Key`: a POST that is sent again (a lost answer, a double tap) is not done again (invariant 47)."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import IdempotencyKey, User
from gongying.common.problems import Problem, invalid_field

HEADER = "Idempotency-Key"
LONGEST_KEY = 100
DONE = 200
TAKE = """
    INSERT INTO accounts_idempotencykey (user_id, key, fingerprint, body, created_at)
    VALUES (%(user)s, %(key)s, %(fingerprint)s, '', %(now)s) ON CONFLICT (user_id, key) DO NOTHING RETURNING id
"""
KEEP = "UPDATE accounts_idempotencykey SET status = %s, body = %s WHERE user_id = %s AND key = %s"


def do_once(request: HttpRequest, user: User, work: Callable[[], HttpResponse]) -> HttpResponse:
    """Run `work` and keep its answer under the request's key, in one transaction.

    A second request with the key waits until the first one is through (the unique index makes it), then gets the same
    answer. Only work that was done is kept: what was refused changed nothing and may be tried again with its key.
    """
    key = _key_of(request)
    with transaction.atomic():
        if key and (first := _first_answer(user, key, fingerprint_of(request))):
            return first
        response = work()
        if response.status_code >= 400:  # noqa: PLR2004
            transaction.set_rollback(True)
        elif key:
            _keep(user, key, response)
    return response


def remember(user: User, key: str, work: Callable[[], str]) -> str:
    """For forms: do `work` once for this key and keep what it says; the same form sent twice gets the first answer."""
    with transaction.atomic():
        if (first := _taken_before(user, key)) is not None:
            return first.body
        body = work()
        IdempotencyKey.objects.filter(user=user, key=key).update(status=DONE, body=body)
        return body


def fingerprint_of(request: HttpRequest) -> str:
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type == "multipart/form-data":
        # The boundary differs from one sending to the next: compare the parts.
        for name, values in sorted(request.POST.lists()):
            digest.update(repr((name, values)).encode())
        uploads: dict[str, Any] = dict(request.FILES.items())
        for name, upload in sorted(uploads.items()):
            digest.update(repr((name, upload.name, upload.size)).encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    else:
        digest.update(request.body)
    return digest.hexdigest()


def _key_of(request: HttpRequest) -> str:
    key = request.headers.get(HEADER, "").strip() if request.method == "POST" else ""
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise invalid_field(HEADER, _("This key is too long or has unusual characters."), where="header")
    return key


def _first_answer(user: User, key: str, fingerprint: str) -> HttpResponse | None:
    first = _taken_before(user, key, fingerprint)
    if first is None:
        return None
    if first.fingerprint != fingerprint:
        raise Problem(
            422,
            _("This Idempotency-Key was used for another request. Take a new one."),
            kind="idempotency-key-reused",
        )
    return HttpResponse(
        first.body, status=first.status, content_type="application/json", headers={"Idempotency-Replayed": "true"}
    )


def _taken_before(user: User, key: str, fingerprint: str = "") -> IdempotencyKey | None:
    """What was done with the key; None where it is new, and from now on this transaction's."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, {"user": user.pk, "key": key, "fingerprint": fingerprint, "now": timezone.now()})
        if cursor.fetchone() is not None:
            return None
    first = IdempotencyKey.objects.get(user=user, key=key)
    return None if first.status is None else first


def _keep(user: User, key: str, response: HttpResponse) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [response.status_code, response.content.decode(), user.pk, key])
