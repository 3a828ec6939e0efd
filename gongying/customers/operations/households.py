from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models import BalanceSnapshot, Occupancy, Party, PartyRole, Vehicle
from gongying.customers.operations.headcounts import change_headcount
from gongying.customers.operations.parties import add_role
from gongying.estates.models import Unit
from gongying.events.operations import record_event

# What somebody is to the flat she lives in, unless she owns it.
HEAD_ROLES = {OccupancyKind.LEASED: RoleKind.TENANT, OccupancyKind.LENT: RoleKind.USER}


@dataclass(frozen=True)
class Member:
    """Somebody who moves in with the head of a household."""

    party: Party
    role: str = RoleKind.FAMILY
    relation: str = ""


@transaction.atomic
def register_move_in(
    unit: Unit,
    *,
    by: User,
    on: date,
    kind: str,
    head: Party,
    members: Sequence[Member] = (),
    until: date | None = None,
    is_shared: bool = False,
    leased_area_m2: Decimal | None = None,
    heads: int | None = None,
) -> Occupancy:
    """Begin a household's or tenant's spell in a unit. `until` is the first day after it; usually open."""
    unit = Unit.objects.select_for_update(of=["self"], no_key=True).select_related("project").get(pk=unit.pk)
    if until is not None and until <= on:
        raise Refused(_("The end must be after the beginning."))
    if kind == OccupancyKind.OWNER_OCCUPIED and not PartyRole.objects.owners().on(on).filter(unit=unit).exists():
        raise Refused(_("Nobody owns %(unit)s on that day: enter the owner first.") % {"unit": unit})
    _refuse_overlap(unit, on, until, is_shared=is_shared)
    with refusing(_overlap_sentences(unit)):
        occupancy = Occupancy.objects.create(
            project_id=unit.project_id,
            building_id=unit.building_id,
            entrance_id=unit.entrance_id,
            unit=unit,
            kind=kind,
            head=head,
            during=(on, until),
            is_shared=is_shared,
            leased_area_m2=leased_area_m2,
        )
    _seat(occupancy, Member(head, _role_of_head(occupancy, head)), by=by)
    for member in members:
        _seat(occupancy, member, by=by)
    if heads is not None:
        change_headcount(head, project=unit.project, heads=heads, on=on, by=by)
    record_event(
        "household.moved_in",
        by=by,
        subjects=[occupancy, unit, head, *(member.party for member in members)],
        on=on,
        kind=kind,
        head=head.name,
    )
    return occupancy


@transaction.atomic
def register_move_out(occupancy: Occupancy, *, by: User, on: date, balance_decision: str = "") -> Occupancy:
    """End a spell: `on` is the first day without them. Roles and vehicles of the household end with it, ownership does not.

    Where the unit owes something, `balance_decision` says what was agreed (scenario A-10).
    """
    occupancy = (
        Occupancy.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit__project", "head")
        .get(pk=occupancy.pk)
    )
    if occupancy.ends_on is not None and occupancy.ends_on <= on:
        raise Refused(_("This household has moved out already."))
    if occupancy.starts_on is not None and on <= occupancy.starts_on:
        raise Refused(_("They moved in on %(day)s and cannot have left before.") % {"day": occupancy.starts_on})
    owed = BalanceSnapshot.objects.owed_by(occupancy.unit)
    if owed is not None and not balance_decision.strip():
        raise Refused(
            _("The unit owes ¥%(amount)s (as of %(day)s): say what was agreed.")
            % {"amount": owed.amount, "day": owed.as_of}
        )
    occupancy.advance_version(seen=None)
    occupancy.during = (occupancy.starts_on, on)
    occupancy.save(update_fields=["during"])
    leaving = _end_household(occupancy, on)
    record_event(
        "household.moved_out",
        by=by,
        subjects=[occupancy, occupancy.unit, *leaving],
        on=on,
        head=occupancy.head.name if occupancy.head else "",
        balance_decision=balance_decision.strip(),
    )
    return occupancy


@transaction.atomic
def move_household(
    unit: Unit,
    *,
    by: User,
    on: date,
    kind: str,
    head: Party,
    leaving: Occupancy | None = None,
    members: Sequence[Member] = (),
    until: date | None = None,
    leased_area_m2: Decimal | None = None,
    heads: int | None = None,
    balance_decision: str = "",
) -> Occupancy:
    """One household leaves and the next one enters on the same day, or nothing happens at all (R-031)."""
    if leaving is not None:
        if leaving.unit_id != unit.pk:
            raise Refused(_("This household lives elsewhere."))
        register_move_out(leaving, by=by, on=on, balance_decision=balance_decision)
    return register_move_in(
        unit,
        by=by,
        on=on,
        kind=kind,
        head=head,
        members=members,
        until=until,
        leased_area_m2=leased_area_m2,
        heads=heads,
    )


@transaction.atomic
def add_member(occupancy: Occupancy, *, member: Member, since: date, by: User) -> PartyRole:
    """Somebody joins a household that lives there already."""
    occupancy = (
        Occupancy.objects.select_for_update(of=["self"], no_key=True)
        .select_related("unit__project")
        .get(pk=occupancy.pk)
    )
    if not occupancy.holds_on(since):
        raise Refused(_("The household does not live there on that day."))
    return _seat(occupancy, member, by=by, since=since)


def _seat(occupancy: Occupancy, member: Member, *, by: User, since: date | None = None) -> PartyRole:
    """Give somebody the role in the household. An owner of the unit is one already: her share goes on after she moves out."""
    since = since or occupancy.starts_on
    owned: PartyRole | None = (
        PartyRole.objects.owners().on(since).filter(unit=occupancy.unit, party=member.party).first()
    )
    if owned is not None:
        owned.occupancy = occupancy
        owned.save(update_fields=["occupancy"])
        return owned
    return add_role(
        member.party,
        by=by,
        role=member.role,
        project=occupancy.unit.project,
        unit=occupancy.unit,
        since=since,
        until=occupancy.ends_on,
        relation=member.relation,
        occupancy=occupancy,
    )


def _role_of_head(occupancy: Occupancy, head: Party) -> str:
    if occupancy.kind != OccupancyKind.OWNER_OCCUPIED:
        return HEAD_ROLES[OccupancyKind(occupancy.kind)]
    # An owner's relative may head an owner-occupied household.
    return RoleKind.FAMILY


def _end_household(occupancy: Occupancy, on: date) -> list[Party]:
    """End roles, then vehicles, of everybody in the household; return the people."""
    people = list(occupancy.people())
    roles = occupancy.members.exclude(role=RoleKind.OWNER)
    _end_all(roles, on)
    kept = Vehicle.objects.filter(unit=occupancy.unit, party__in=people)
    # An owner who lets the flat may leave her car in the garage.
    _end_all(kept.exclude(party__roles__in=PartyRole.objects.owners().on(on).filter(unit=occupancy.unit)), on)
    return people


def _end_all(rows: QuerySet[PartyRole] | QuerySet[Vehicle], on: date) -> None:
    for row in rows.select_for_update(of=["self"], no_key=True).filter(
        Q(during__endswith=None) | Q(during__endswith__gt=on)
    ):
        if row.starts_on is not None and row.starts_on >= on:
            # It was to begin later: it never did.
            row.delete()
        else:
            row.during = (row.starts_on, on)
            row.advance_version(seen=None)
            row.save(update_fields=["during"])


def _refuse_overlap(unit: Unit, on: date, until: date | None, *, is_shared: bool) -> None:
    others = Occupancy.objects.filter(unit=unit, during__overlap=(on, until)).select_related("head")
    if is_shared:
        others = others.filter(is_shared=False)
    other = others.order_by("during").first()
    if other is None:
        return
    raise Refused(
        _("%(name)s lives in %(unit)s from %(day)s on: register the move-out first.")
        % {"name": other.head or _("A household"), "unit": unit, "day": other.starts_on or "?"}
    )


def _overlap_sentences(unit: Unit) -> dict[str, str]:
    sentence = _("Another household lives in %(unit)s in this time.") % {"unit": unit}
    return {"occupancy_no_overlap": sentence, "occupancy_shared_no_overlap": sentence}
