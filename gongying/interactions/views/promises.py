from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.estates.models import Unit
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
    unit = _unit_asked(request)
    rows = rows.filter(unit=unit) if unit else rows
    page = paginate(rows.select_related("unit", "party", "owner"), order=ORDER, cursor=request.GET.get("cursor"))
    return render(request, "interactions/promise_list.html", {"page": page, "is_mine": is_mine, "unit": unit})


@require_GET
def count_of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A chip in the household's head: how many answers it waits for."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    rows = Promise.objects.visible_to(request.user).filter(unit=unit)
    context = {"unit": unit, "number": rows.open().count(), "is_late": rows.overdue().exists()}
    return render(request, "interactions/_unit_promises.html", context)


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


def _unit_asked(request: SignedInRequest) -> Unit | None:
    asked = id_in(request.GET.get("unit", ""))
    if asked is None:
        return None
    found: Unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=asked)
    return found


def _find(request: SignedInRequest, promise_id: int) -> Promise:
    rows: Any = Promise.objects.visible_to(request.user).select_related("unit", "party", "owner", "interaction")
    found: Promise = get_object_or_404(rows, pk=promise_id)
    return found


def _show(request: SignedInRequest, promise: Promise, form: KeepingForm, *, status: int = 200) -> HttpResponse:
    return render(request, "interactions/promise_show.html", {"promise": promise, "form": form}, status=status)
