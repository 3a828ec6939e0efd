"""What the first page shows of the reports: a share, with yesterday's beside it."""

from datetime import date, timedelta

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.reports.breakdown import Figure
from gongying.reports.forms import USUAL_DAYS, ScopeForm
from gongying.reports.measures import MEASURES, Stretch
from gongying.reports.views.figures import VIEW

CONTENT = next(measure for measure in MEASURES if measure.key == "content")


@require_safe
def satisfaction(request: SignedInRequest) -> HttpResponse:
    """Of those who were asked and came in within thirty days; beside it the thirty days that ended yesterday."""
    authorize(request.user, VIEW)
    today = timezone.localdate()
    now, url = _content(request, until=today)
    before, _url = _content(request, until=today - timedelta(days=1))
    return render(request, "reports/_satisfaction.html", {"now": now, "before": before, "url": url})


def _content(request: SignedInRequest, *, until: date) -> tuple[Figure, str]:
    """The same conditions as in the report, and where its rows are."""
    span = {"since": f"{until - timedelta(days=USUAL_DAYS - 1)}", "until": f"{until}"}
    form = ScopeForm(span, user=request.user)
    form.full_clean()
    requests = form.requests().order_by()
    stretch = Stretch.of(requests)
    for condition in CONTENT.conditions("base"):
        requests = requests.filter(condition(stretch))
    (is_counted,) = (condition(stretch) for condition in CONTENT.counted)
    found = requests.aggregate(base=Count("pk"), counted=Count("pk", filter=is_counted))
    asked = urlencode({**span, "measure": CONTENT.key, "part": "base"})
    return Figure(CONTENT, found["counted"], found["base"]), f"{reverse('reports:row-index')}?{asked}"
