from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.models import ApiToken
from gongying.accounts.requests import SignedInRequest
from gongying.accounts.rules import ISSUE_TOKENS
from gongying.common.permissions import authorize
from gongying.organization.forms import TokenForm
from gongying.organization.models import StaffMember
from gongying.organization.operations import issue_token, revoke_token
from gongying.organization.views.staff import all_staff


@require_safe
def index(request: SignedInRequest, staff_id: int) -> HttpResponse:
    return _page(request, _whose(request, staff_id), TokenForm())


@require_POST
def create(request: SignedInRequest, staff_id: int) -> HttpResponse:
    staff = _whose(request, staff_id)
    form = TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, staff, form)
    words = form.cleaned_data
    _token, secret = issue_token(
        staff.user, name=words["name"], scopes=[words["scope"]], days=words["days"], by=request.user
    )
    # Not a redirect: this answer is the only place where the secret ever stands.
    return _page(request, staff, TokenForm(), secret=secret)


@require_POST
def destroy(request: SignedInRequest, staff_id: int, token_id: int) -> HttpResponse:
    staff = _whose(request, staff_id)
    revoke_token(get_object_or_404(ApiToken, pk=token_id, user=staff.user_id), by=request.user)
    return redirect("organization:token-index", staff.pk)


def _whose(request: SignedInRequest, staff_id: int) -> StaffMember:
    """One's own tokens, or with the permission those of colleagues."""
    staff = get_object_or_404(all_staff(), pk=staff_id)
    if staff.user_id != request.user.pk:
        authorize(request.user, ISSUE_TOKENS)
    return staff


def _page(request: SignedInRequest, staff: StaffMember, form: TokenForm, secret: str = "") -> HttpResponse:
    tokens = staff.user.api_tokens.order_by("-created_at")[:50]
    context = {
        "staff": staff,
        "tokens": tokens,
        "live": set(staff.user.api_tokens.live()),
        "form": form,
        "secret": secret,
    }
    response = render(request, "organization/token_list.html", context, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "no-store"
    return response
