"""What every step of a visit does first and last."""

from typing import Any

from gongying.accounts.models import User
from gongying.events.models import Event
from gongying.events.operations import push_on_commit, record_event
from gongying.visits.machines import VISIT
from gongying.visits.models import HomeVisit


def visits_key(user_id: int) -> str:
    """What a page with somebody's visits listens to."""
    return f"visits-{user_id}"


def lock_visit(visit: HomeVisit, *, seen: int | None = None) -> HomeVisit:
    rows: Any = HomeVisit.objects.select_for_update(of=("self",), no_key=True).select_related(
        "unit__project", "party", "steward"
    )
    found: HomeVisit = rows.get(pk=visit.pk)
    found.check_version(seen=seen)
    return found


def take_step(visit: HomeVisit, verb: str) -> None:
    """Into the state that the table says; raise `Refused` where it has no such step."""
    visit.state = VISIT.check(verb, visit.state, label=visit.get_state_display())
    visit.version += 1


def tell(verb: str, visit: HomeVisit, *, by: User, **details: Any) -> Event:
    push_on_commit([visits_key(visit.steward_id)])
    return record_event(
        f"home_visit.{verb}",
        by=by,
        subjects=[visit, visit.unit, visit.party],
        unit=visit.unit.code,
        occasion=visit.reason,
        steward=str(visit.steward),
        planned_for=visit.planned_for,
        **details,
    )
