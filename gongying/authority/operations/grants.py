from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.authority.models import AuthorityGrant
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.money import to_fen
from gongying.estates.models import Project
from gongying.events.operations import record_event
from gongying.organization.models import Post, StaffMember

OVERLAPPING = {
    "authority_grant_no_overlap": gettext_lazy(
        "There is authority of this holder for this already in that time. Change it instead."
    )
}


@transaction.atomic
def give_authority(
    *,
    by: User,
    post: Post | None = None,
    staff: StaffMember | None = None,
    subject: str,
    limit_amount: Decimal,
    per: str,
    project: Project | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> AuthorityGrant:
    """From `starts_on` (default: today) until before `ends_on`; to a post or to one person. Nobody gives it to herself."""
    starts_on = starts_on or timezone.localdate()
    if (post is None) == (staff is None):
        raise Refused(_("Choose a post or a person."))
    _check(limit_amount, starts_on, ends_on)
    _refuse_own(post, staff, by)
    with refusing(OVERLAPPING):
        grant = AuthorityGrant.objects.create(
            post=post,
            staff=staff,
            subject=subject,
            limit_amount=to_fen(limit_amount),
            per=per,
            project=project,
            during=DateRange(starts_on, ends_on),
            granted_by=by,
        )
    _record("authority.given", grant, by)
    return grant


@transaction.atomic
def change_grant(
    grant: AuthorityGrant,
    *,
    by: User,
    limit_amount: Decimal,
    per: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
    seen: int | None = None,
) -> AuthorityGrant:
    """Another limit or end, from `starts_on` (default: today) on. What held before that day stays as it was."""
    starts_on = starts_on or timezone.localdate()
    grant = _lock(grant, seen=seen)
    _refuse_own(grant.post, grant.staff, by)
    if starts_on < timezone.localdate():
        raise Refused(_("What was granted in the past stays as it was: begin today or later."))
    _check(limit_amount, starts_on, ends_on)
    before = grant.limit_amount
    changed = {"limit_amount": to_fen(limit_amount), "per": per, "granted_by": by, "granted_at": timezone.now()}
    if grant.starts_on is not None and grant.starts_on >= starts_on:
        grant = _rewrite(grant, during=DateRange(grant.starts_on, ends_on), **changed)
    else:
        grant = _succeed(grant, starts_on, during=DateRange(starts_on, ends_on), **changed)
    _record("authority.changed", grant, by, before=str(before))
    return grant


@transaction.atomic
def end_grant(grant: AuthorityGrant, *, by: User, on: date | None = None, seen: int | None = None) -> None:
    """From `on` (default: tomorrow, so that what was decided today keeps its ground) it does not hold any more."""
    grant = _lock(grant, seen=seen)
    today = timezone.localdate()
    on = on or date.fromordinal(today.toordinal() + 1)
    if on <= today:
        raise Refused(_("It can end after today at the earliest: what was decided today keeps its ground."))
    if grant.ends_on is not None and grant.ends_on <= on:
        raise Refused(_("It ends by then already."))
    if grant.starts_on is not None and grant.starts_on >= on:
        raise Refused(_("It begins later than that: change its limit instead."))
    _rewrite(grant, during=DateRange(grant.starts_on, on))
    _record("authority.ended", grant, by, on=on)


def _lock(grant: AuthorityGrant, *, seen: int | None) -> AuthorityGrant:
    rows = AuthorityGrant.objects.select_for_update(of=("self",), no_key=True).select_related(
        "post", "staff__user", "project"
    )
    locked: AuthorityGrant = rows.get(pk=grant.pk)
    locked.check_version(seen=seen)
    return locked


def _rewrite(grant: AuthorityGrant, **changes: object) -> AuthorityGrant:
    for name, value in changes.items():
        setattr(grant, name, value)
    grant.version += 1
    with refusing(OVERLAPPING):
        grant.save(update_fields=[*changes, "version"])
    return grant


def _succeed(grant: AuthorityGrant, starts_on: date, **changes: object) -> AuthorityGrant:
    """The old row ends where the new one begins: decisions keep pointing at what held when they were taken."""
    if grant.ends_on is not None and grant.ends_on <= starts_on:
        raise Refused(_("It has ended by then: give new authority instead."))
    holder = {"post": grant.post, "staff": grant.staff, "subject": grant.subject, "project": grant.project}
    _rewrite(grant, during=DateRange(grant.starts_on, starts_on))
    with refusing(OVERLAPPING):
        return AuthorityGrant.objects.create(**holder, **changes)


def _check(limit_amount: Decimal, starts_on: date, ends_on: date | None) -> None:
    if limit_amount <= 0:
        raise Refused(_("The limit must be more than nothing."))
    if ends_on is not None and ends_on <= starts_on:
        raise Refused(_("It ends before it begins."))


def _refuse_own(post: Post | None, staff: StaffMember | None, by: User) -> None:
    if (staff is not None and staff.user_id == by.pk) or (
        post is not None and StaffMember.objects.filter(post=post, user=by).exists()
    ):
        raise Refused(_("Nobody gives authority to herself: let somebody else do it."))


def _record(verb: str, grant: AuthorityGrant, by: User, **details: Any) -> None:
    subjects: list[Model | None] = [grant, grant.staff]
    record_event(
        verb,
        by=by,
        subjects=subjects,
        holder=str(grant.holder),
        subject=grant.subject,
        limit=str(grant.limit_amount),
        per=grant.per,
        starts_on=grant.starts_on,
        ends_on=grant.ends_on,
        project=str(grant.project or ""),
        **details,
    )
