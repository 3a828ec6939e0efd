from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import ApiToken, User, digest_of
from gongying.common.errors import Refused
from gongying.events.operations import record_event
from gongying.organization.access import staff_of

MOST_TOKENS = 20
LONGEST_DAYS = 730


@transaction.atomic
def issue_token(user: User, *, name: str, scopes: Iterable[str], days: int, by: User | None) -> tuple[ApiToken, str]:
    """A key to the API for `user`, and its secret, which nobody can read again. `by` is None on the command line."""
    staff = staff_of(user)
    if staff is None:
        raise Refused(_("Only somebody who works here can have a token."))
    if not 1 <= days <= LONGEST_DAYS:
        raise Refused(_("A token lives between 1 and %(days)d days.") % {"days": LONGEST_DAYS})
    if user.api_tokens.live().count() >= MOST_TOKENS:
        raise Refused(_("There are %(most)d tokens already. Revoke one first.") % {"most": MOST_TOKENS})
    secret, now = ApiToken.new_secret(), timezone.now()
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=digest_of(secret),
        scopes=sorted(scopes),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    record_event("token.issued", by=by, subjects=[staff], token=token.pk, name=name, scopes=token.scopes, days=days)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User) -> None:
    """It opens nothing any more from this moment."""
    token = ApiToken.objects.select_for_update(of=("self",), no_key=True).select_related("user").get(pk=token.pk)
    if token.revoked_at is not None:
        raise Refused(_("This token was already revoked."))
    token.revoked_at = timezone.now()
    token.save(update_fields=["revoked_at"])
    record_event("token.revoked", by=by, subjects=[getattr(token.user, "staff", None)], token=token.pk, name=token.name)
