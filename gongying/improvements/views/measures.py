"""What is changed because a check failed: opened from the page of the check."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.models import CheckRun, Tick
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.improvements.forms import MeasureForm
from gongying.improvements.models import CheckMeasure
from gongying.improvements.operations import open_measure
from gongying.improvements.rules import people_at

MANAGE = "improvements.manage_items"


@require_safe
def index(request: SignedInRequest, run_id: int) -> HttpResponse:
    """What failed in a check, each with what is done about it: a panel of its page."""
    authorize(request.user, "improvements.view_items")
    run = get_object_or_404(CheckRun.objects.visible_to(request.user), pk=run_id)
    measures = CheckMeasure.objects.visible_to(request.user).filter(tick__run=run).select_related("item__owner")
    by_tick = {measure.tick_id: measure.item for measure in measures}
    failed = Tick.objects.visible_to(request.user).filter(run=run).failed().select_related("item")
    rows = [(tick, by_tick.get(tick.pk)) for tick in failed.order_by("item__position")]
    can_open = run.is_finished and may(request.user, MANAGE)
    return render(request, "improvements/_run_panel.html", {"rows": rows, "can_open": can_open})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest, tick_id: int) -> HttpResponse:
    authorize(request.user, MANAGE)
    tick = get_object_or_404(Tick.objects.visible_to(request.user).select_related("run", "item"), pk=tick_id)
    form = MeasureForm(sent_with(request), people=people_at(tick.run), title=tick.word)
    back = reverse("checklists:run-show", args=[tick.run_id])
    if request.method == "POST" and form.is_valid():
        open_measure(tick, by=request.user, **form.cleaned_data)
        tell(request, _("The improvement item is opened."))
        return done(request, back)
    return show_form(request, form, title=_("New measure"), submit=_("Open it"), back=back, note=tick.finding)
