"""What a former steward left open in a territory, and who takes it over (R-025)."""

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.estates.scopes import visible_territories
from gongying.servicedesk.forms.steps import HandOverForm
from gongying.servicedesk.left_behind import left_behind
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import hand_over_requests
from gongying.servicedesk.operations.changes import TRANSFERS_BEFORE_ESCALATION
from gongying.servicedesk.operations.hand_overs import MOST_HANDED_OVER


@require_safe
def of_territory(request: SignedInRequest, territory_id: int) -> HttpResponse:
    authorize(request.user, "servicedesk.bulk_change")
    territory = get_object_or_404(visible_territories(request.user), pk=territory_id)
    rows = left_behind(territory, user=request.user).order_by()
    owners = rows.values("owner", "owner__name").annotate(number=Count("pk")).order_by("-number", "owner")
    return render(request, "servicedesk/_left_behind.html", {"territory": territory, "owners": list(owners)})


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest, territory_id: int, owner_id: int) -> HttpResponse:
    authorize(request.user, "servicedesk.bulk_change")
    authorize(request.user, "servicedesk.transfer_request")
    territory = get_object_or_404(visible_territories(request.user), pk=territory_id)
    behind = left_behind(territory, user=request.user).filter(owner=owner_id)
    rows = list(behind.for_list().order_by("pk")[:MOST_HANDED_OVER])
    if not rows:
        raise Refused(_("Nothing is left to hand over."))
    is_sent = request.method == "POST"
    form = HandOverForm(request.POST if is_sent else None, case=rows[0], user=request.user)
    if not is_sent or not form.is_valid():
        context = {
            "rows": rows,
            "form": form,
            "title": _("Hand over from %(name)s") % {"name": rows[0].owner},
            "action": request.path,
            "back": reverse("territories:territory-show", args=[territory.pk]),
            "note": _what_else_happens(rows, behind.count()),
        }
        return render(request, "servicedesk/bulk_form.html", context, status=422 if is_sent else 200)
    number = hand_over_requests(territory, of=rows[0].owner, by=request.user, **form.arguments())
    tell(request, ngettext("%(n)d request handed over.", "%(n)d requests handed over.", number) % {"n": number})
    return redirect("territories:territory-show", territory.pk)


def _what_else_happens(rows: list[ServiceRequest], number: int) -> list[str]:
    sentences = []
    pressing = sum(row.transfer_count + 1 >= TRANSFERS_BEFORE_ESCALATION for row in rows)
    if pressing:
        sentences.append(
            ngettext(
                "%(n)d of them is passed on for the third time or more: the supervisor will hear of it.",
                "%(n)d of them are passed on for the third time or more: the supervisor will hear of them.",
                pressing,
            )
            % {"n": pressing}
        )
    if number > len(rows):
        sentences.append(
            _("These are the first %(n)d of %(all)d; the rest follows in a second go.")
            % {"n": len(rows), "all": number}
        )
    return sentences
