"""What the quick entry offers while one types: topics, reasons, what to say, and what the neighbours have reported already."""

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import Situation
from gongying.common.inputs import id_in
from gongying.common.permissions import authorize, may
from gongying.customers.audiences import hints_query
from gongying.estates.models import Unit
from gongying.interactions.circumstances import reason_for, reasons_in_use
from gongying.interactions.enums import Channel
from gongying.interactions.fitting_reasons import fitting_reasons
from gongying.servicedesk.entry_places import EntryPlace, find_place
from gongying.servicedesk.forms.entries import EntryForm
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.named_prices import prices_in, show_prices
from gongying.servicedesk.suggestions import matters_nearby, offered_categories, suggest_categories

LOG = "interactions.log_interaction"
REGISTER = "servicedesk.register_request"
# A touch that was logged before and becomes a request now: nothing of it is asked again.
TOUCH = "touch"
SITUATIONS: dict[str, Situation] = {
    Channel.PHONE: Situation.CALL,
    Channel.COUNTER: Situation.COUNTER,
    Channel.HOME_VISIT: Situation.VISIT,
}


@require_GET
def suggestions(request: SignedInRequest) -> HttpResponse:
    """While one types: what it may be about, and whether the neighbours have reported it already."""
    authorize_some(request.user)
    place = find_place(request.GET, request.user)
    said, offered = request.GET.get("said", ""), offered_categories(place.project)
    categories = suggest_categories(said, offered)
    nearby = nearby_first(request.user, place.unit, categories)
    picked = id_in(request.GET.get("picked", ""))
    chosen = picked or (categories[0].pk if categories else None)
    # What she picked stays on the screen, whatever she writes afterwards.
    shown = categories + [category for category in offered if category.pk == picked and category not in categories]
    context = {
        "suggested": show_prices(shown, prices_in(place.project)) if shown else [],
        "chosen": chosen,
        **reasons_offered(
            request, place, said, topic=name_of(chosen, shown), picked=request.GET.get("picked_reason", "")
        ),
        "nearby": nearby,
        "may_log": may(request.user, LOG),
    }
    return render(request, "servicedesk/_entry_offers.html", context)


def authorize_some(user: User) -> None:
    """Whoever logs touches or registers requests may open it; the buttons are those of her role."""
    if not may(user, REGISTER):
        authorize(user, LOG)


def sent_or_asked(request: SignedInRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET


def nearby_first(user: User, unit: Unit | None, categories: list[Any]) -> list[dict[str, Any]]:
    """The same trouble first: the caller may simply join it."""
    if unit is None:
        return []
    likely = {category.pk for category in categories}
    matters = matters_nearby(unit, user=user, now=timezone.now())
    rows = [{"request": matter, "is_same": matter.category_id in likely} for matter in matters]
    return sorted(rows, key=lambda row: not row["is_same"])


def hints_for(form: EntryForm, place: EntryPlace) -> str:
    """What to say where it was opened, to whom is known to speak."""
    situation = SITUATIONS.get(str(form["channel"].value()), Situation.WRITING)
    if form.is_complaint:
        situation = Situation.COMPLAINT
    speaker = next((one.party for one in form.speakers if str(one.party.pk) == str(form["party"].value())), None)
    return hints_query(situation, unit=place.unit, party=speaker)


def reasons_offered(
    request: SignedInRequest, place: EntryPlace, said: str, *, topic: str, picked: str
) -> dict[str, Any]:
    """The few that fit, and the one that was picked: it stays on the screen, whatever is written afterwards."""
    if sent_or_asked(request).get(TOUCH):
        return {}  # what was logged before has its reason
    fitting, picked_id = fitting_reasons(said, topic=topic, project=place.project), id_in(picked)
    kept = [reason for reason in reasons_in_use() if reason.pk == picked_id and reason not in fitting]
    derived = reason_for(said) if picked_id is None else None
    return {"reasons": [*fitting, *kept], "picked_reason": picked_id, "derived_reason": derived}


def name_of(pk: int | None, categories: list[ServiceCategory]) -> str:
    return next((category.name for category in categories if category.pk == pk), "")
