from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.common.models import still_there
from gongying.customers.enums import PartyKind, RoleKind
from gongying.customers.models import BalanceSnapshot, Occupancy, Party, PartyRole
from gongying.customers.operations.contacts import add_contact_point
from gongying.estates.models import Project, Unit
from gongying.events.operations import record_event

CHANGEABLE = ("name", "kind", "form_of_address", "id_kind", "id_number", "note")


@transaction.atomic
def create_party(
    *,
    by: User,
    name: str,
    project: Project,
    unit: Unit | None = None,
    role: str | None = RoleKind.CONTACT,
    kind: str = PartyKind.PERSON,
    phones: tuple[str, ...] = (),
    since: date | None = None,
    share: Decimal | None = None,
    relation: str = "",
    occupancy: Occupancy | None = None,
    form_of_address: str = "",
    id_kind: str = "",
    id_number: str = "",
    note: str = "",
) -> Party:
    """Open a file with the first role, without which nobody but headquarters would see it.

    `role` None: whoever calls gives it in the same transaction (a move, a title transfer).
    """
    name = name.strip()
    if not name:
        raise Refused(_("A customer needs a name."))
    party = Party.objects.create(
        name=name, kind=kind, form_of_address=form_of_address, id_kind=id_kind, id_number=id_number, note=note
    )
    record_event("customer.created", by=by, subjects=[party, unit], place=(unit or project).place, kind=kind)
    for phone in phones:
        add_contact_point(party, by=by, value=phone)
    if role is not None:
        add_role(
            party,
            by=by,
            role=role,
            project=project,
            unit=unit,
            since=since,
            share=share,
            relation=relation,
            occupancy=occupancy,
        )
    return party


@transaction.atomic
def change_party(party: Party, *, by: User, seen: int | None = None, **changes: str) -> Party:
    """Change what the file says. The journal names the fields, not their values: some of them are sensitive."""
    unknown = set(changes) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"not changeable: {', '.join(sorted(unknown))}")
    party = still_there(Party.objects.select_for_update(no_key=True), party.pk)
    _refuse_merged(party)
    changes = {field: value for field, value in changes.items() if getattr(party, field) != value}
    if not changes:
        party.check_version(seen=seen)
        return party
    if not changes.get("name", party.name).strip():
        raise Refused(_("A customer needs a name."))
    party.advance_version(seen=seen)
    for field, value in changes.items():
        setattr(party, field, value)
    party.save()
    record_event("customer.changed", by=by, subjects=[party, *units_of(party)], fields=sorted(changes))
    return party


@transaction.atomic
def add_role(
    party: Party,
    *,
    by: User,
    role: str,
    project: Project,
    unit: Unit | None = None,
    since: date | None = None,
    until: date | None = None,
    share: Decimal | None = None,
    relation: str = "",
    evidence: str = "",
    occupancy: Occupancy | None = None,
) -> PartyRole:
    """Say what somebody is to a unit or project from a day on (default: today). An owner's share defaults to the whole."""
    if unit is not None and unit.project_id != project.pk:
        raise Refused(_("This unit is not in that project."))
    if role == RoleKind.OWNER and unit is None:
        raise Refused(_("An owner owns a unit: say which."))
    since = since or timezone.localdate()
    if until is not None and until <= since:
        raise Refused(_("The end must be after the beginning."))
    if role == RoleKind.OWNER:
        share = share or free_share(unit, since=since, until=until)  # type: ignore[arg-type]
        refuse_excess_share(unit, share, since=since, until=until)  # type: ignore[arg-type]
    with refusing(
        {
            "party_role_no_overlap": _("%(name)s has this role here already.") % {"name": party.name},
            "share_is_of_owner": _("Only owners have a share, between 0 and 1."),
        }
    ):
        added = PartyRole.objects.create(
            party=party,
            role=role,
            project=project,
            building_id=unit.building_id if unit else None,
            entrance_id=unit.entrance_id if unit else None,
            unit=unit,
            during=(since, until),
            share=share,
            relation=relation,
            evidence=evidence,
            occupancy=occupancy,
        )
    record_event(
        "customer.role_added", by=by, subjects=[party, unit], place=added.place, role=role, since=since, share=share
    )
    return added


@transaction.atomic
def end_role(role: PartyRole, *, by: User, on: date) -> PartyRole:
    """`on` is the first day on which it does not hold any more."""
    role = PartyRole.objects.select_for_update(of=["self"], no_key=True).select_related("party", "unit").get(pk=role.pk)
    if role.ends_on is not None and role.ends_on <= on:
        raise Refused(_("This role has ended already."))
    if role.starts_on is not None and on <= role.starts_on:
        raise Refused(_("It cannot end before it has begun on %(day)s.") % {"day": role.starts_on})
    role.during = (role.starts_on, on)
    role.advance_version(seen=None)
    role.save(update_fields=["during"])
    record_event(
        "customer.role_ended", by=by, subjects=[role.party, role.unit], place=role.place, role=role.role, on=on
    )
    return role


@transaction.atomic
def delete_party(party: Party, *, by: User, reason: str) -> None:
    """Remove a file that was opened by mistake. One that anything depends on stays (invariant 50)."""
    party = still_there(Party.objects.select_for_update(no_key=False), party.pk)
    if not reason.strip():
        raise Refused(_("Say why the file is deleted."))
    if party.legal_hold:
        raise Refused(_("This file must be kept: %(reason)s") % {"reason": party.legal_hold})
    units = units_of(party)
    if any(BalanceSnapshot.objects.owed_by(unit) for unit in units):
        raise Refused(_("A unit of this customer has a balance that is not settled."))
    record_event("customer.deleted", by=by, subjects=[party, *units], reason=reason.strip())
    try:
        party.roles.all().delete()
        party.delete()
    except ProtectedError as error:
        kinds = sorted({str(thing._meta.verbose_name) for thing in error.protected_objects})
        raise Refused(
            _("This file cannot be deleted; it is used by: %(kinds)s.") % {"kinds": ", ".join(kinds)}
        ) from error


@transaction.atomic
def register_internal_customer(user: User, *, project: Project, by: User) -> Party:
    """A colleague as a customer of the company's own services, once per person (R-074)."""
    party = Party.objects.select_for_update(no_key=True).filter(user=user).first()
    if party is None:
        party = Party.objects.create(name=user.name, user=user)
        record_event("customer.created", by=by, subjects=[party], place=project.place, kind=party.kind)
        if user.phone:
            add_contact_point(party, by=by, value=user.phone)
    if not party.roles.current().filter(role=RoleKind.INTERNAL, project=project).exists():
        add_role(party, by=by, role=RoleKind.INTERNAL, project=project)
    return party


def units_of(party: Party) -> list[Unit]:
    """The units in which somebody has a role today."""
    return list(Unit.objects.filter(roles__in=PartyRole.objects.current().filter(party=party)).distinct())


def free_share(unit: Unit, *, since: date, until: date | None) -> Decimal:
    """What nobody owns yet of a unit during a period."""
    return Decimal(1) - PartyRole.objects.largest_share(unit, since=since, until=until)


def refuse_excess_share(unit: Unit, share: Decimal, *, since: date, until: date | None) -> None:
    """Say in words what the database would refuse on commit (invariant 2)."""
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)
    free = free_share(unit, since=since, until=until)
    if share <= 0 or share > free:
        raise Refused(
            _("The owners of %(unit)s would hold more than the whole: %(free)s is free.") % {"unit": unit, "free": free}
        )


def _refuse_merged(party: Party) -> None:
    if party.merged_into is not None:
        raise Refused(_("This file was merged into that of %(name)s.") % {"name": party.merged_into.name})
