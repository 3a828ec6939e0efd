"""A file goes on: permitted or not, extended, accepted, withdrawn; what became of the deposit."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.fitouts import operations as do
from gongying.fitouts.forms import (
    AcceptanceForm,
    DepositForm,
    ExtensionForm,
    PermitForm,
    ReasonForm,
    RefusedExtensionForm,
)
from gongying.fitouts.machines import HANDLE_FILES, PERMIT_WORKS
from gongying.fitouts.models import FitOut
from gongying.fitouts.views.files import file_url, find_file


@require_http_methods(["GET", "HEAD", "POST"])
def permit(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    form = PermitForm(sent_with(request), fit_out=fit_out)
    title = pgettext("a fit-out", "Permit")
    return _take(request, fit_out, form, do.permit_works, title=title, sentence=_("The works are permitted."))


@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    title = pgettext("a fit-out", "Do not permit")
    form = ReasonForm(sent_with(request))
    return _take(request, fit_out, form, do.refuse_fit_out, title=title, sentence=_("The works are not permitted."))


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, HANDLE_FILES)
    title = pgettext("a fit-out", "The household withdraws it")
    form = ReasonForm(sent_with(request))
    return _take(request, fit_out, form, do.withdraw_fit_out, title=title, sentence=_("The file is closed."))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    title = pgettext("a fit-out", "Extend")
    form = ExtensionForm(sent_with(request), fit_out=fit_out)
    return _take(request, fit_out, form, do.extend_permit, title=title, sentence=_("The permit is extended."))


@require_http_methods(["GET", "HEAD", "POST"])
def refuse_extension(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    title = pgettext("a fit-out", "Do not extend")
    form = RefusedExtensionForm(sent_with(request), fit_out=fit_out)
    return _take(request, fit_out, form, do.refuse_extension, title=title, sentence=_("The permit is not extended."))


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    title = pgettext("a fit-out", "Accept")
    form = AcceptanceForm(sent_with(request))
    return _take(request, fit_out, form, do.accept_works, title=title, sentence=_("The works are accepted."))


@require_http_methods(["GET", "HEAD", "POST"])
def deposit(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, PERMIT_WORKS)
    title = _("Settle the deposit")
    form = DepositForm(sent_with(request))
    return _take(request, fit_out, form, do.settle_deposit, title=title, sentence=_("Written down."))


def _take(
    request: SignedInRequest, fit_out: FitOut, form: Any, step: Any, *, title: str, sentence: str
) -> HttpResponse:
    """The form of one step, or the step itself."""
    if form.is_valid():
        step(fit_out, by=request.user, **form.cleaned_data)
        tell(request, sentence)
        return done(request, file_url(fit_out))
    return show_form(request, form, title=f"{title} · {fit_out}", submit=title, back=file_url(fit_out))
