from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.interactions.forms import KeepingForm
from gongying.interactions.models import Promise
from gongying.interactions.operations import keep_promise

ORDER = ("due_at", "id")


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """Open promises, the earliest due first: mine, or all of my places."""
    rows = Promise.objects.visible_to(request.user).open()
    is_mine = request.GET.get("whose") == "mine"
    rows = rows.of_owner(request.user) if is_mine else rows
    page = paginate(rows.select_related("unit", "party", "owner"), order=ORDER, cursor=request.GET.get("cursor"))
    return render(request, "interactions/promise_list.html", {"page": page, "is_mine": is_mine})


@require_GET
def show(request: SignedInRequest, promise_id: int) -> HttpResponse:
    return _show(request, _find(request, promise_id), KeepingForm())


@require_POST
def keep(request: SignedInRequest, promise_id: int) -> HttpResponse:
    promise = _find(request, promise_id)
    authorize(request.user, "interactions.log_interaction", promise)
    form = KeepingForm(request.POST)
    if not form.is_valid():
        return _show(request, promise, form, status=422)
    keep_promise(promise, by=request.user, words=form.cleaned_data["words"])
    tell(request, _("Promise kept."))
    return HttpResponseRedirect(reverse("interactions:promise-index"))


def _find(request: SignedInRequest, promise_id: int) -> Promise:
    rows: Any = Promise.objects.visible_to(request.user).select_related("unit", "party", "owner", "interaction")
    found: Promise = get_object_or_404(rows, pk=promise_id)
    return found


def _show(request: SignedInRequest, promise: Promise, form: KeepingForm, *, status: int = 200) -> HttpResponse:
    return render(request, "interactions/promise_show.html", {"promise": promise, "form": form}, status=status)
