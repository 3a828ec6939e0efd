from collections.abc import Iterable

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.permissions import declared_permissions
from gongying.events.operations import record_event
from gongying.organization.installation import default_permissions
from gongying.organization.models import DeclinedOffer, Role, StaffMember
from gongying.organization.rules import MANAGE_ROLES


@transaction.atomic
def create_role(*, label: str, permissions: Iterable[str], by: User) -> Role:
    """A role of the company's own. Its key means nothing and never changes."""
    role = Role.objects.create(key=f"own-{get_random_string(10).lower()}", label=label, permissions=_known(permissions))
    record_event("role.created", by=by, subjects=[], role=role.pk, label=label, permissions=role.permissions)
    return role


@transaction.atomic
def change_role(role: Role, *, label: str, permissions: Iterable[str], by: User, seen: int | None = None) -> Role:
    """Change what a role is called and what it allows. Refuses to leave nobody who may edit roles."""
    role = Role.objects.select_for_update(no_key=True).get(pk=role.pk)
    role.advance_version(seen=seen)
    before = set(role.permissions)
    role.label, role.permissions = label, _known(permissions)
    role.save()
    if not StaffMember.objects.employed().filter(user__is_active=True).with_permission(MANAGE_ROLES).exists():
        raise Refused(_("Then nobody could edit roles any more. Give this permission to another role first."))
    given, taken = sorted(set(role.permissions) - before), sorted(before - set(role.permissions))
    record_event("role.changed", by=by, subjects=[], role=role.pk, label=label, given=given, taken=taken)
    return role


def offered_permissions() -> list[tuple[Role, list[str]]]:
    """What came with an update, no role has yet and nobody has declined: to which roles a fresh installation would give it.

    Roles belong to the company: an update never changes them by itself.
    """
    roles = list(Role.objects.all())
    settled = {code for role in roles for code in role.permissions}
    settled.update(DeclinedOffer.objects.values_list("code", flat=True))
    defaults = default_permissions()
    offers = [(role, [code for code in defaults.get(role.key, ()) if code not in settled]) for role in roles]
    return [(role, codes) for role, codes in offers if codes]


@transaction.atomic
def take_offered_permissions(*, by: User) -> list[Role]:
    """Give each role what a fresh installation would give it of the permissions that nobody has yet."""
    list(Role.objects.select_for_update(no_key=True))
    offers = offered_permissions()
    if not offers:
        raise Refused(_("Every permission is given to a role already."))
    return [
        change_role(role, label=role.label, permissions=[*role.permissions, *codes], by=by) for role, codes in offers
    ]


@transaction.atomic
def decline_offered_permissions(*, by: User) -> list[str]:
    """Nobody is to have what is offered now: it is not offered again. It can still be ticked in any role."""
    list(Role.objects.select_for_update(no_key=True))
    codes = list(dict.fromkeys(code for _role, offered in offered_permissions() for code in offered))
    if not codes:
        raise Refused(_("There is nothing on offer."))
    DeclinedOffer.objects.bulk_create(DeclinedOffer(code=code, by=by) for code in codes)
    record_event("role.offers_declined", by=by, subjects=[], permissions=codes)
    return codes


@transaction.atomic
def offer_again(*, by: User) -> list[str]:
    """What was declined is offered again."""
    list(Role.objects.select_for_update(no_key=True))
    codes = list(DeclinedOffer.objects.order_by("code").values_list("code", flat=True))
    if not codes:
        raise Refused(_("Nothing was declined."))
    DeclinedOffer.objects.all().delete()
    record_event("role.offers_renewed", by=by, subjects=[], permissions=codes)
    return codes


def _known(permissions: Iterable[str]) -> list[str]:
    declared = {code for codes in declared_permissions().values() for code in codes}
    chosen = set(permissions)
    if unknown := sorted(chosen - declared):
        raise Refused(_("There is no permission “%(code)s”.") % {"code": unknown[0]})
    return sorted(chosen)
