"""What is done in a case, step by step."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.mediation.forms import AgreementForm, ReferForm, SessionForm, WordForm
from gongying.mediation.machines import MEDIATION
from gongying.mediation.models import MediationCase
from gongying.mediation.operations import (
    find_breach,
    give_up,
    hold_session,
    keep_agreement,
    reach_agreement,
    refer_case,
    withdraw_case,
)
from gongying.mediation.views.cases import case_to_change


@require_http_methods(["GET", "HEAD", "POST"])
def meet(request: SignedInRequest, case_id: int) -> HttpResponse:
    def form_of(case: MediationCase, data: Any = None) -> Any:
        return SessionForm(data, case=case)

    return _step(request, case_id, "meet", form_of, hold_session, title=_("Write down a session"))


@require_http_methods(["GET", "HEAD", "POST"])
def agree(request: SignedInRequest, case_id: int) -> HttpResponse:
    def form_of(case: MediationCase, data: Any = None) -> Any:
        return AgreementForm(data, request.FILES if data is not None else None, case=case)

    return _step(request, case_id, "agree", form_of, reach_agreement, title=_("Agreement reached"))


@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: SignedInRequest, case_id: int) -> HttpResponse:
    return _word(request, case_id, "keep", keep_agreement, title=_("Agreement is kept"))


@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: SignedInRequest, case_id: int) -> HttpResponse:
    return _word(request, case_id, "breach", find_breach, title=_("Agreement is not kept"))


@require_http_methods(["GET", "HEAD", "POST"])
def refer(request: SignedInRequest, case_id: int) -> HttpResponse:
    def form_of(_case: MediationCase, data: Any = None) -> Any:
        return ReferForm(data)

    return _step(request, case_id, "refer", form_of, refer_case, title=_("Pass on outside"))


@require_http_methods(["GET", "HEAD", "POST"])
def fail(request: SignedInRequest, case_id: int) -> HttpResponse:
    return _word(request, case_id, "fail", give_up, title=pgettext("a mediation", "No agreement"))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, case_id: int) -> HttpResponse:
    return _word(request, case_id, "withdraw", withdraw_case, title=pgettext("a mediation", "Withdrawn"))


def _word(request: SignedInRequest, case_id: int, verb: str, act: Callable[..., Any], *, title: str) -> HttpResponse:
    def form_of(_case: MediationCase, data: Any = None) -> Any:
        return WordForm(data)

    return _step(request, case_id, verb, form_of, act, title=title)


def _step(
    request: SignedInRequest,
    case_id: int,
    verb: str,
    form_of: Callable[..., Any],
    act: Callable[..., Any],
    *,
    title: str,
) -> HttpResponse:
    case = case_to_change(request, case_id)
    MEDIATION.check(verb, case.state, label=case.get_state_display())
    form = carrying_version(form_of(case, sent_with(request)), case)
    back = reverse("mediation:case-show", args=[case_id])
    if form.is_valid():

        def stored() -> Any:
            current = case_to_change(request, case_id)
            return carrying_version(form_of(current), current)

        with stale_told(form, stored=stored):
            seen = take_version(form)
            given = form.agreement if isinstance(form, AgreementForm) else form.cleaned_data
            act(case, by=request.user, seen=seen, **given)
            tell(request, _("Saved."))
            return done(request, back)
    return show_form(request, form, title=title, submit=_("Save"), back=back, note=str(case))
