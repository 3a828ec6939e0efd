"""Keys go out and come back."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.custody.forms import ExtensionForm, LoanForm, ReturnForm
from gongying.custody.models import KeyLoan
from gongying.custody.operations import extend_loan, lend_key, return_key
from gongying.custody.rules import KEEP_KEYS
from gongying.custody.views.keys import find_key, key_url


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, key_id: int) -> HttpResponse:
    key = find_key(request, key_id)
    is_sent = request.method == "POST"
    form = LoanForm(sent_with(request), request.FILES if is_sent else None)
    if form.is_valid():
        loan = lend_key(key, by=request.user, **form.cleaned_data)
        tell(request, _("%(name)s has %(key)s now.") % {"name": loan.holder, "key": key})
        return done(request, key_url(key))
    title = _("Lend %(key)s") % {"key": key}
    return show_form(request, form, title=title, submit=_("Lend"), back=key_url(key))


@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: SignedInRequest, loan_id: int) -> HttpResponse:
    loan = _find(request, loan_id)
    form = ExtensionForm(sent_with(request), loan=loan)
    if form.is_valid():
        extend_loan(loan, by=request.user, **form.cleaned_data)
        tell(request, _("Saved."))
        return done(request, key_url(loan.key))
    title = _("%(name)s needs %(key)s longer") % {"name": loan.holder, "key": loan.key}
    return show_form(request, form, title=title, submit=_("Save"), back=key_url(loan.key))


@require_POST
def give_back(request: SignedInRequest, loan_id: int) -> HttpResponse:
    loan = _find(request, loan_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        title = _("%(key)s is back") % {"key": loan.key}
        return show_form(request, form, title=title, submit=_("Returned"), back=key_url(loan.key))
    return_key(loan, by=request.user, **form.cleaned_data)
    tell(request, _("%(key)s is back.") % {"key": loan.key})
    at_list = request.POST.get("origin") == "list"
    return done(request, f"{reverse('custody:key-index')}?list=lent" if at_list else key_url(loan.key))


def _find(request: SignedInRequest, loan_id: int) -> KeyLoan:
    authorize(request.user, KEEP_KEYS)
    return get_object_or_404(KeyLoan.objects.visible_to(request.user).for_page(), pk=loan_id)
