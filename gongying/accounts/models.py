import hashlib
import secrets
from datetime import datetime
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.editions import edition_column, note_edition
from gongying.common.statements import Statement


class User(AbstractUser):
    """Somebody who logs in. Who she is in the company is said by `organization.StaffMember`."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    name = models.CharField(_("name"), max_length=50)
    phone = models.CharField(_("phone"), max_length=20, blank=True, help_text=_("E.164, e.g. +8613800001234"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    # Somebody else knows the password: it opens nothing but the page where she sets her own.
    must_change_password = models.BooleanField(_("must set an own password"), default=False, editable=False)

    class Meta:
        verbose_name = _("user")
        constraints = [
            models.UniqueConstraint(fields=["phone"], condition=~models.Q(phone=""), name="user_phone_unique"),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self, *, at: Any = None) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at or timezone.now(), user__is_active=True)

    def find(self, secret: str) -> "ApiToken | None":
        token = FIND_TOKEN.first(digest=digest_of(secret), at=timezone.now())
        if token is not None:
            note_edition(token.edition)  # type: ignore[attr-defined]
        return token


class ApiToken(models.Model):
    """A staff member's key for the API. Only its digest is stored; the secret is shown once."""

    class TokenScope(models.TextChoices):
        READ = "read", _("read")
        WRITE = "write", _("write")

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("name"), max_length=60)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=TokenScope.choices), verbose_name=_("scopes"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"))
    last_used_at = models.DateTimeField(_("last used at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API token")

    def __str__(self) -> str:
        return f"{self.user}: {self.name}"

    @staticmethod
    def new_secret() -> str:
        return f"gy_{secrets.token_urlsafe(32)}"


# Each call of the API begins with it.
FIND_TOKEN: Statement[ApiToken] = Statement(
    lambda digest, at: (
        ApiToken.objects.live(at=at).select_related("user").annotate(edition=edition_column()).filter(digest=digest)
    ),
    "found_token",
    digest=str,
    at=datetime,
)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class IdempotencyKey(models.Model):
    """The first answer to a POST; a repeat with the same key gets it again (invariant 47)."""

    user = models.ForeignKey(User, models.CASCADE)
    key = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64, help_text=_("Digest of method, path and body"))
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("idempotency key")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique")]

    def __str__(self) -> str:
        return self.key


class CallPace(models.Model):
    """How far ahead of its pace a caller of the API is (`pacing`). Nothing is lost with it: the table is unlogged."""

    caller = models.CharField(max_length=60, primary_key=True)
    # No index: an update of a row whose indexed columns stay costs no more than writing the row.
    even_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pace of a caller")

    def __str__(self) -> str:
        return self.caller
