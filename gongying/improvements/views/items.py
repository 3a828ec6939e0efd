from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.models import Tick
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.panels import panels_of
from gongying.common.permissions import authorize, may
from gongying.improvements.forms import FinishForm
from gongying.improvements.models import CheckMeasure, ImprovementItem
from gongying.improvements.operations import finish_item

MANAGE = "improvements.manage_items"


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What the company changes, the most urgent first; finished ones on demand."""
    shows_finished = request.GET.get("finished") == "1"
    items = ImprovementItem.objects.visible_to(request.user).select_related("owner", "project")
    items = items.exclude(state="open") if shows_finished else items.open()
    context = {
        "page": paginate(items, order=("due_on", "id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(items),
        "shows_finished": shows_finished,
        "today": timezone.localdate(),
    }
    return render(request, "improvements/item_list.html", context)


@require_safe
def show(request: SignedInRequest, item_id: int) -> HttpResponse:
    return _show(request, _find(request, item_id), FinishForm())


@require_POST
def finish(request: SignedInRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    if item.owner_id != request.user.pk:
        authorize(request.user, MANAGE, item)
    form = FinishForm(request.POST)
    if not form.is_valid():
        return _show(request, item, form, status=422)
    finish_item(item, by=request.user, **form.cleaned_data)
    tell(request, _("The improvement item is finished."))
    return redirect("improvements:item-show", item_id)


def _find(request: SignedInRequest, item_id: int) -> ImprovementItem:
    rows = ImprovementItem.objects.visible_to(request.user).select_related(
        "owner", "opened_by", "finished_by", "project"
    )
    found: ImprovementItem = get_object_or_404(rows, pk=item_id)
    return found


def _show(request: SignedInRequest, item: ImprovementItem, form: FinishForm, status: int = 200) -> HttpResponse:
    facts = [
        (_("in charge"), item.owner),
        (_("due on"), item.due_on),
        (_("root cause"), item.root_cause),
        (_("opened by"), item.opened_by),
        (_("effect"), item.effect),
        (_("finished by"), item.finished_by),
    ]
    can_finish = item.state == "open" and (item.owner_id == request.user.pk or may(request.user, MANAGE, item))
    context = {
        "item": item,
        "facts": facts,
        "form": form,
        "can_finish": can_finish,
        "check": CheckMeasure.objects.visible_to(request.user)
        .filter(item=item, tick__in=Tick.objects.visible_to(request.user))
        .select_related("tick__run", "tick__item")
        .first(),
        "panels": panels_of("improvement", request.user),
    }
    return render(request, "improvements/item_detail.html", context, status=status)
