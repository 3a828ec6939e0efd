from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.common.permissions import authorize, may
from gongying.servicedesk.forms.filters import RequestFilterForm
from gongying.servicedesk.forms.views import LONGEST_QUERY, SavedViewForm
from gongying.servicedesk.models import SavedView
from gongying.servicedesk.operations.lists import keep_view


@require_POST
def create(request: SignedInRequest) -> HttpResponse:
    """Keep the filters of the page's address under a name (R-192)."""
    form = SavedViewForm(request.POST, user=request.user, may_share=may(request.user, "servicedesk.share_views"))
    query = QueryDict(request.POST.get("query", "")[:LONGEST_QUERY])
    filters = RequestFilterForm(query, user=request.user)
    if not form.is_valid() or not filters.is_valid():
        return render(request, "servicedesk/saved_view_form.html", {"form": form}, status=422)
    known = {name: values for name, values in query.lists() if name in filters.fields and any(values)}
    view = keep_view(
        by=request.user,
        name=form.cleaned_data["name"],
        query=known,
        shared_with=form.cleaned_data.get("shared_with", ""),
    )
    tell(request, _("The view “%(name)s” is kept.") % {"name": view.name})
    return redirect(f"{reverse('servicedesk:request-index')}?{view.query_string}")


@require_POST
def destroy(request: SignedInRequest, view_id: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.user), pk=view_id)
    if view.owner_id != request.user.pk:
        authorize(request.user, "servicedesk.share_views", view)
    view.delete()
    tell(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("servicedesk:request-index")
