from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.phones import UnreadablePhone, normalise_phone
from gongying.customers.enums import ContactKind, ContactPurpose
from gongying.customers.models import ContactPoint, ContactPreference, Occupancy, Party
from gongying.customers.models.contacts import contact_for
from gongying.estates.models import Unit
from gongying.events.operations import record_event


@transaction.atomic
def add_contact_point(
    party: Party, *, by: User, value: str, kind: str = ContactKind.PHONE, label: str = ""
) -> ContactPoint:
    value, is_dialable = normalise_contact(kind, value)
    with refusing({"contact_point_unique": _("%(name)s has this contact already.") % {"name": party.name}}):
        point = ContactPoint.objects.create(
            party=party, kind=kind, value=value, label=label.strip(), is_dialable=is_dialable
        )
    record_event("customer.contact_added", by=by, subjects=[party], contact=point.pk, kind=kind)
    return point


@transaction.atomic
def change_contact_point(
    point: ContactPoint, *, by: User, value: str, label: str = "", seen: int | None = None
) -> ContactPoint:
    """A changed value counts as not verified."""
    point = ContactPoint.objects.select_for_update(of=["self"], no_key=True).select_related("party").get(pk=point.pk)
    value, is_dialable = normalise_contact(point.kind, value)
    point.advance_version(seen=seen)
    if value != point.value:
        point.verified_at = None
    point.value, point.is_dialable, point.label = value, is_dialable, label.strip()
    with refusing({"contact_point_unique": _("%(name)s has this contact already.") % {"name": point.party.name}}):
        point.save()
    record_event("customer.contact_changed", by=by, subjects=[point.party], contact=point.pk, kind=point.kind)
    return point


@transaction.atomic
def remove_contact_point(point: ContactPoint, *, by: User, seen: int | None = None) -> None:
    """Choices that named it go with it; the household falls back to another number."""
    point.advance_version(seen=seen)
    record_event("customer.contact_removed", by=by, subjects=[point.party], contact=point.pk, kind=point.kind)
    point.delete()


@transaction.atomic
def choose_contact(occupancy: Occupancy, *, purpose: str, contact_point: ContactPoint, by: User) -> ContactPreference:
    """Who of a household is called for what (R-047)."""
    if purpose not in ContactPurpose.values:
        raise Refused(_("This purpose is not known."))
    if not occupancy.people().filter(pk=contact_point.party_id).exists():
        raise Refused(_("%(name)s does not belong to this household.") % {"name": contact_point.party.name})
    preference, _created = ContactPreference.objects.update_or_create(
        occupancy=occupancy, purpose=purpose, defaults={"contact_point": contact_point}
    )
    record_event(
        "household.contact_chosen",
        by=by,
        subjects=[occupancy, occupancy.unit, contact_point.party],
        purpose=purpose,
        contact=contact_point.pk,
    )
    return preference


@transaction.atomic
def clear_choice(occupancy: Occupancy, *, purpose: str, by: User) -> None:
    """Back to the household's usual number; doing it twice changes nothing."""
    deleted, _rows = ContactPreference.objects.filter(occupancy=occupancy, purpose=purpose).delete()
    if deleted:
        record_event("household.contact_cleared", by=by, subjects=[occupancy, occupancy.unit], purpose=purpose)


@transaction.atomic
def reveal_phone(point: ContactPoint, *, by: User, unit: Unit | None = None) -> str:
    """Show a whole value. Who looked at what stands in the journal (decision 15)."""
    record_event("customer.phone_revealed", by=by, subjects=[point.party, unit], contact=point.pk)
    return point.value


@transaction.atomic
def reveal_identity(party: Party, *, by: User, reason: str) -> str:
    if not reason.strip():
        raise Refused(_("Say why the identity number is needed."))
    if not party.id_number:
        raise Refused(_("No identity number is on file."))
    record_event("customer.identity_revealed", by=by, subjects=[party], reason=reason.strip())
    return party.id_number


@transaction.atomic
def dial(point: ContactPoint, *, by: User, unit: Unit | None = None) -> str:
    """What the dialler needs (`tel:…`); the page never holds the number. The call is on the timeline."""
    number = number_of(point)
    record_event("customer.dialled", by=by, subjects=[point.party, unit], contact=point.pk)
    return number


def number_of(point: ContactPoint) -> str:
    if point.kind != ContactKind.PHONE or not point.is_dialable:
        raise Refused(_("This number is incomplete and cannot be dialled."))
    return f"tel:{point.value}"


def dial_household(occupancy: Occupancy, *, by: User, purpose: str) -> str:
    """Call the right person of a household for a purpose."""
    point = contact_for(occupancy, purpose)
    if point is None:
        raise Refused(_("This household has no number that can be dialled."))
    return dial(point, by=by, unit=occupancy.unit)


def normalise_contact(kind: str, value: str) -> tuple[str, bool]:
    """The one form of a value, and whether it can be dialled."""
    if kind != ContactKind.PHONE:
        value = value.strip()
        if not value:
            raise Refused(_("The contact is empty."))
        return value, True
    try:
        phone = normalise_phone(value)
    except UnreadablePhone as error:
        raise Refused(str(error)) from error
    return phone.value, phone.is_dialable
