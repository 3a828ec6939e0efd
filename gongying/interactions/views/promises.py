from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_counts, paginate
from gongying.common.permissions import authorize
from gongying.estates.asked import unit_or_404
from gongying.estates.models import Unit
from gongying.interactions.enums import PromiseOutcome
from gongying.interactions.forms import KeepingForm
from gongying.interactions.models import Promise
from gongying.interactions.operations import keep_promise
from gongying.interactions.promise_register import FigureForm, PromiseFilterForm, figures_by

ORDER, NEWEST = ("due_at", "id"), ("-due_at", "-id")


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """The register: what is open, the earliest due first; or what was kept, kept late, and is overdue."""
    form = PromiseFilterForm(request.GET, user=request.user)
    outcomes = [each.value for each in PromiseOutcome]
    counts = bounded_counts([form.rows(outcome) for outcome in outcomes])
    rows = form.rows().select_related("unit", "party", "owner", "keeping")
    order = ORDER if form.is_open else NEWEST
    page = paginate(rows, order=order, cursor=request.GET.get("cursor"))
    context = {
        "form": form,
        "page": page,
        "is_mine": form.cleaned_data.get("whose") == "mine",
        "unit": _unit_asked(request),
        "chips": list(zip(outcomes, PromiseOutcome.labels, counts, strict=True)),
        "address": form.address_without("outcome"),
    }
    return render(request, "interactions/promise_list.html", context)


@require_GET
def figures(request: SignedInRequest) -> HttpResponse:
    """Of the promises that fell due in a period: how many were kept, by person and by project."""
    form = FigureForm(request.GET)
    since, until = form.period()
    rows = Promise.objects.visible_to(request.user)
    context = {
        "form": form,
        "since": since,
        "until": until,
        "tables": [
            (_("By person"), "owner", figures_by(rows, "owner", since, until)),
            (_("By project"), "project", figures_by(rows, "project", since, until)),
        ],
    }
    return render(request, "interactions/promise_figures.html", context)


@require_GET
def count_of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A chip in the household's head: how many answers it waits for."""
    unit = unit_or_404(request.user, unit_id)
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
    return unit_or_404(request.user, asked)


def _find(request: SignedInRequest, promise_id: int) -> Promise:
    rows: Any = Promise.objects.visible_to(request.user).select_related("unit", "party", "owner", "interaction")
    found: Promise = get_object_or_404(rows, pk=promise_id)
    return found


def _show(request: SignedInRequest, promise: Promise, form: KeepingForm, *, status: int = 200) -> HttpResponse:
    return render(request, "interactions/promise_show.html", {"promise": promise, "form": form}, status=status)
