"""What was said at the door: recorded in five fields, and what the household needs or was promised dispatched at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.interactions.enums import AnswerKind, Channel, Direction
from gongying.interactions.models import Interaction
from gongying.interactions.operations import LATE_WITHOUT_REASON, log_interaction, make_promise
from gongying.servicedesk.enums import RequestKind
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.servicedesk.suggestions import fallback_category, offered_categories, suggest_categories
from gongying.visits.enums import VisitReason, VisitState
from gongying.visits.models import HomeVisit, VisitNeed
from gongying.visits.operations.plans import new_visit, one_open_visit
from gongying.visits.operations.rings import meet_household
from gongying.visits.operations.steps import lock_visit, take_step, tell

REGISTER = "servicedesk.register_request"


@dataclass(frozen=True)
class NewNeed:
    text: str
    kind: str = RequestKind.REPAIR


@dataclass(frozen=True)
class NewPromise:
    text: str
    due_at: datetime


@transaction.atomic
def record_visit(
    visit: HomeVisit,
    *,
    by: User,
    matter: str,
    result: str,
    persons: str = "",
    party: Party | None = None,
    needs: Sequence[NewNeed] = (),
    promises: Sequence[NewPromise] = (),
    seen: int | None = None,
) -> HomeVisit:
    """Time, place, persons, matter and result (R-080): one touch on the household's timeline.

    Needs become requests and promises get their clock at once; where nothing is left to dispatch the visit is closed.
    """
    visit = lock_visit(visit, seen=seen)
    for text, sentence in ((matter, _("What it was about is missing.")), (result, _("The result is missing."))):
        if not text.strip():
            raise Refused(sentence)
    take_step(visit, "record")
    visit.party = party or visit.party
    visit.interaction = _touch(visit, by=by, matter=matter, result=result, persons=persons)
    visit.save()
    tell("recorded", visit, by=by, text=matter.strip(), result=result.strip())
    for promise in promises:
        make_promise(visit.interaction, by=by, text=promise.text, due_at=promise.due_at)
    for need in needs:
        row = VisitNeed.objects.create(visit=visit, text=need.text.strip(), kind=need.kind)
        if may(by, REGISTER):
            _register(row, visit, by=by)
    _close_if_dispatched(visit, by=by)
    return visit


@transaction.atomic
def log_visit(
    unit: Unit,
    *,
    by: User,
    matter: str,
    result: str,
    at: datetime | None = None,
    persons: str = "",
    party: Party | None = None,
    needs: Sequence[NewNeed] = (),
    promises: Sequence[NewPromise] = (),
) -> HomeVisit:
    """A visit on a round, entered afterwards (R-096). An open plan for the household is made use of."""
    visit = HomeVisit.objects.to_go().filter(unit=unit).first()
    if visit is None:
        visit = new_visit(
            unit, by=by, planned_for=at or timezone.now(), steward=by, party=party, reason=VisitReason.ROUTINE
        )
        visit.is_planned = False
        with one_open_visit(unit):
            visit.save()
    visit = meet_household(visit, by=by, at=at)
    return record_visit(
        visit, by=by, matter=matter, result=result, persons=persons, party=party, needs=needs, promises=promises
    )


@transaction.atomic
def dispatch_need(need: VisitNeed, *, by: User, category: ServiceCategory | None = None) -> VisitNeed:
    """It becomes a request, in the category given or else the one that its words suggest."""
    visit, need = _locked_need(need)
    _register(need, visit, by=by, category=category)
    _close_if_dispatched(visit, by=by)
    return need


@transaction.atomic
def decline_need(need: VisitNeed, *, by: User, words: str) -> VisitNeed:
    """It becomes no request, and the record says why."""
    visit, need = _locked_need(need)
    if not words.strip():
        raise Refused(_("Say why it becomes no request."))
    need.declined = words.strip()
    need.save(update_fields=["declined"])
    tell("need_declined", visit, by=by, text=need.text, reason=need.declined)
    _close_if_dispatched(visit, by=by)
    return need


@transaction.atomic
def close_visit(visit: HomeVisit, *, by: User) -> HomeVisit:
    visit = lock_visit(visit)
    if _has_open_need(visit):
        raise Refused(_("A need of this household has not been dispatched yet."))
    _close(visit, by=by)
    return visit


def _locked_need(need: VisitNeed) -> tuple[HomeVisit, VisitNeed]:
    visit = lock_visit(need.visit)
    need = VisitNeed.objects.select_for_update(no_key=True).get(pk=need.pk)
    if not need.is_open:
        raise Refused(_("This need has been dealt with already."))
    return visit, need


def _register(need: VisitNeed, visit: HomeVisit, *, by: User, category: ServiceCategory | None = None) -> None:
    need.service_request = register_request(
        by=by,
        kind=need.kind,
        category=category or _category_for(need, visit),
        text=need.text,
        channel=Channel.HOME_VISIT,
        unit=visit.unit,
        party=visit.party,
        interaction=visit.interaction,
    )
    need.save(update_fields=["service_request"])
    tell("need_dispatched", visit, by=by, text=need.text, request=need.service_request.number)


def _category_for(need: VisitNeed, visit: HomeVisit) -> ServiceCategory:
    categories = offered_categories(visit.unit.project)
    guesses = suggest_categories(need.text, categories)
    category = guesses[0] if guesses else fallback_category(categories)
    if category is None:
        raise Refused(_("There is no category for this: dispatch it by hand."))
    return category


def _close_if_dispatched(visit: HomeVisit, *, by: User) -> None:
    if visit.state == VisitState.RECORDED and not _has_open_need(visit):
        _close(visit, by=by)


def _close(visit: HomeVisit, *, by: User) -> None:
    take_step(visit, "close")
    visit.save(update_fields=["state", "version"])
    tell("closed", visit, by=by)


def _has_open_need(visit: HomeVisit) -> bool:
    return visit.needs.filter(service_request=None, declined="").exists()


def _touch(visit: HomeVisit, *, by: User, matter: str, result: str, persons: str) -> Interaction:
    is_old = visit.met_at is not None and timezone.now() - visit.met_at > LATE_WITHOUT_REASON
    return log_interaction(
        by=by,
        project=visit.unit.project,
        unit=visit.unit,
        party=visit.party,
        channel=Channel.HOME_VISIT,
        direction=Direction.OUTBOUND,
        topic=str(visit.get_reason_display()),
        text=matter,
        answer=AnswerKind.EXPLAINED,
        result=result,
        occurred_at=visit.met_at,
        late_reason=_("The visit was recorded only now.") if is_old else "",
        person_name=persons.strip(),
    )
