import hashlib
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongying.accounts.idempotency import remember
from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.customers.models import Party
from gongying.customers.operations import create_party
from gongying.estates.models import Unit
from gongying.interactions.circumstances import Circumstances
from gongying.interactions.enums import AnswerKind
from gongying.interactions.models import Interaction
from gongying.interactions.operations import answer_by_request
from gongying.servicedesk.entry_places import EntryPlace, find_place, place_of_touch
from gongying.servicedesk.entry_times import spoken_window
from gongying.servicedesk.forms.entries import EntryForm
from gongying.servicedesk.forms.entry_parts import Action
from gongying.servicedesk.models import PublicFault, ServiceRequest
from gongying.servicedesk.operations import (
    answer_at_once,
    join_fault,
    join_request,
    order_service,
    promise_answer,
    register_request,
)
from gongying.servicedesk.operations.price_agreements import BelowTheList
from gongying.servicedesk.suggestions import faults_felt_at
from gongying.servicedesk.views.entry_offers import (
    LOG,
    REGISTER,
    TOUCH,
    authorize_some,
    hints_for,
    name_of,
    nearby_first,
    reasons_offered,
    sent_or_asked,
)

PAGE = "servicedesk/entry.html"
SAVED = "servicedesk/entry_saved.html"
NEEDED = {Action.ANSWER: LOG, Action.AUTHORITY: LOG, Action.LATER: LOG, Action.REQUEST: REGISTER, Action.JOIN: LOG}
NEEDED[""] = LOG  # how it was answered was not said: the form comes back
OPENED_WITH = ("kind", "channel", "text", "phone", "name", "token")


@require_GET
def new(request: SignedInRequest) -> HttpResponse:
    """The quick entry: a drawer at the right, or a page of its own."""
    authorize_some(request.user)
    touch = _touch(request)
    place = find_place(request.GET, request.user) if touch is None else place_of_touch(touch, request.user)
    opened = {name: request.GET[name].strip() for name in OPENED_WITH if request.GET.get(name)}
    if touch is not None:
        opened |= {"channel": touch.channel, "text": touch.text, "name": touch.person_name, "phone": touch.person_phone}
    return _show(request, EntryForm(place=place, now=timezone.now(), opened=opened), place)


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    authorize_some(request.user)
    action = _action(request)
    authorize(request.user, NEEDED[action])
    place = find_place(request.POST, request.user)
    opened = {"kind": request.POST.get("opened_kind", "")}
    form = EntryForm(_sent(request), request.FILES, place=place, now=timezone.now(), opened=opened)
    if not action:
        form.add_error(None, _("Say how it was answered."))
    if not form.is_valid():
        return _show(request, form, place, status=422)

    key = f"entry-{form.cleaned_data['token']}-{_fingerprint(action, form.cleaned_data['text'])}"
    try:
        interaction_id = remember(request.user, key, lambda: str(_save(request, form, action).pk))
    except BelowTheList as refusal:
        form.add_error("agreed_amount", str(refusal))
        return _show(request, form, place, status=409)
    return _saved(request, int(interaction_id), action)


@require_GET
def show(request: SignedInRequest, interaction_id: int) -> HttpResponse:
    """What was saved: the number to read out, the sentence to say, and what comes next."""
    return render(request, SAVED, _outcome(request.user, interaction_id))


def _touch(request: SignedInRequest) -> Interaction | None:
    asked = sent_or_asked(request).get(TOUCH)
    if not asked:
        return None
    rows = Interaction.objects.visible_to(request.user).select_related("project", "unit__project", "party")
    found: Interaction = get_object_or_404(rows, pk=_number(asked))
    return found


def _action(request: SignedInRequest) -> str:
    if request.POST.get(TOUCH):
        return Action.REQUEST
    if request.POST.get("join") or request.POST.get("fault"):
        return Action.JOIN
    action = request.POST.get("action") or ("" if may(request.user, LOG) else Action.REQUEST)
    if action not in NEEDED:
        raise Http404
    return action


def _sent(request: SignedInRequest) -> QueryDict:
    """Who calls because of a public fault need not be asked what it is about: one key is enough (E-044)."""
    if not request.POST.get("fault") or request.POST.get("text", "").strip():
        return request.POST
    sent = request.POST.copy()
    sent["text"] = _fault(request).title
    return sent


def _fault(request: SignedInRequest) -> PublicFault:
    faults = PublicFault.objects.visible_to(request.user).select_related("service_request__category")
    found: PublicFault = get_object_or_404(faults, pk=_number(request.POST["fault"]))
    return found


def _fingerprint(action: str, text: str) -> str:
    """Somebody who goes back and writes something else sends the old token with a new matter."""
    return hashlib.sha256(f"{action} {text}".encode()).hexdigest()[:16]


def _save(request: SignedInRequest, form: EntryForm, action: str) -> Interaction:
    cleaned, user = form.cleaned_data, request.user
    unit: Unit | None = cleaned["unit_code"]
    party = None if cleaned["is_anonymous"] else cleaned["party"] or _new_contact(form, unit, user)
    touch: dict[str, Any] = {
        "by": user,
        "project": form.place.project,
        "unit": unit,
        "building": cleaned["building"],
        "party": party,
        "channel": cleaned["channel"],
        "text": cleaned["text"],
        "occurred_at": cleaned["occurred_at"],
        "late_reason": cleaned["late_reason"],
        "circumstances": Circumstances(reason_code=cleaned["reason"]),
        "photos": cleaned["photos"],
    }
    if action == Action.REQUEST:
        return _register(form, touch, logged=_touch(request))
    touch |= {
        "person_name": cleaned["person_name"],
        "person_phone": cleaned["person_phone"],
        "topic": form.topic,
        "result": cleaned["result"],
    }
    if request.POST.get("fault"):
        return join_fault(_fault(request), **touch)
    if action == Action.JOIN:
        known = get_object_or_404(ServiceRequest.objects.visible_to(user), pk=_number(request.POST["join"]))
        return join_request(known, **touch)
    touch["category"] = form.category_if_any
    if action == Action.LATER:
        later = {"kind": cleaned["promise_kind"], "owner": cleaned["answerer"], "venue": cleaned["venue"]}
        return promise_answer(due_at=cleaned["promise_at"], **later, **touch)
    answer = AnswerKind.WITHIN_AUTHORITY if action == Action.AUTHORITY else AnswerKind.EXPLAINED
    return answer_at_once(answer=answer, **touch)


def _register(form: EntryForm, touch: dict[str, Any], *, logged: Interaction | None) -> Interaction:
    """The request of a touch that is logged with it, or of one that was `logged` before, with its time."""
    cleaned = form.cleaned_data
    if logged is not None:
        logged = answer_by_request(logged, unit=touch["unit"], by=touch["by"])
        touch |= {"occurred_at": logged.occurred_at, "late_reason": logged.late_reason or cleaned["late_reason"]}
    category = form.category_or_derived
    if category is None:
        raise Refused(_("No category is offered in this project."))
    item = cleaned["item"]
    register = partial(order_service, item) if item else partial(register_request, category=category)
    service_request = register(
        **touch,
        interaction=logged,
        kind=cleaned["kind"] or "repair",
        caller_name=cleaned["person_name"],
        caller_phone=cleaned["person_phone"],
        is_anonymous=cleaned["is_anonymous"],
        urgency=cleaned["urgency"],
        payer=cleaned["payer"],
        price_agreed=cleaned["price_agreed"],
        agreed_amount=cleaned["agreed_amount"],
        window=cleaned["window"],
        requested_remedy=cleaned["requested_remedy"],
        about_work_order=cleaned["about"],
    )
    interaction: Any = service_request.interaction
    touched: Interaction = interaction
    return touched


def _new_contact(form: EntryForm, unit: Unit | None, user: User) -> Party | None:
    """A caller nobody knows yet, kept as a contact of the unit or the project where that was ticked."""
    cleaned = form.cleaned_data
    if not (cleaned["save_contact"] and cleaned["person_name"].strip()):
        return None
    phones = (cleaned["person_phone"],) if cleaned["person_phone"] else ()
    return create_party(by=user, name=cleaned["person_name"], project=form.place.project, unit=unit, phones=phones)


def _show(request: SignedInRequest, form: EntryForm, place: EntryPlace, *, status: int = 200) -> HttpResponse:
    suggested, touch = form.suggested, _touch(request)
    chosen = form.chosen_category or (suggested[0].pk if suggested else None)
    said, picked = str(form["text"].value() or ""), str(form["reason"].value() or "")
    context = {
        "form": form,
        "place": place,
        "is_on_page": _is_on_page(request),
        "suggested": suggested,
        "with_several_prices": [category for category in form.categories if len(category.price_lines) > 1],
        "chosen": chosen,
        "ticked": None if chosen in {category.pk for category in suggested} else chosen,
        **reasons_offered(request, place, said, topic=name_of(chosen, form.categories), picked=picked),
        "nearby": nearby_first(request.user, place.unit, suggested),
        "faults": faults_felt_at(place.unit, place.project, user=request.user),
        "touch": touch.pk if touch else None,
        "hints": hints_for(form, place),
        "may_log": may(request.user, LOG) and touch is None,
        "may_register": may(request.user, REGISTER),
        "action": request.POST.get("action", ""),
    }
    return render(request, PAGE + _part(request), context, status=status)


def _is_on_page(request: SignedInRequest) -> bool:
    """Whether the entry stands on a page of its own rather than in the drawer."""
    return not _is_fragment(request) or "on_page" in sent_or_asked(request)


def _is_fragment(request: SignedInRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _part(request: SignedInRequest) -> str:
    """An entry that stands there already asks for its inner part only, and keeps its photos (`hx-preserve`)."""
    if not _is_fragment(request):
        return ""
    stands_there = request.method == "POST" or "token" in request.GET
    return "#form" if stands_there else "#home"


def _saved(request: SignedInRequest, interaction_id: int, action: str) -> HttpResponse:
    outcome_url = reverse("servicedesk:entry-show", args=[interaction_id])
    if not _is_fragment(request):
        return HttpResponseRedirect(outcome_url)
    if _is_on_page(request):
        return HttpResponse(status=204, headers={"HX-Redirect": outcome_url})
    if action == Action.REQUEST:
        return render(request, f"{SAVED}#outcome", _outcome(request.user, interaction_id))
    tell(request, _TOLD[action]())
    return HttpResponse(headers={"HX-Trigger": "drawer:close"})


def _outcome(user: User, interaction_id: int) -> dict[str, Any]:
    interaction = get_object_or_404(
        Interaction.objects.visible_to(user).select_related("unit__project", "project", "party"), pk=interaction_id
    )
    registered = interaction.requests.select_related("category", "unit", "building", "facility", "project").first()
    window = (
        (registered.window_from, registered.window_to)
        if registered is not None and registered.window_from and registered.window_to
        else None
    )
    return {
        "interaction": interaction,
        "service_request": registered,
        "window": spoken_window(window) if window else "",
    }


def _number(value: str) -> int:
    number = id_in(value)
    if number is None:
        raise Http404
    return number


_TOLD = {
    Action.ANSWER: lambda: _("Logged."),
    Action.AUTHORITY: lambda: _("Logged."),
    Action.LATER: lambda: _("Logged. You promised an answer."),
    Action.JOIN: lambda: _("Joined to the known matter; it is counted there."),
}
