from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.notes import NoteForm
from gongying.servicedesk.operations import note_request
from gongying.servicedesk.views.lookups import request_or_404

FORM = "servicedesk/note_form.html"


@require_POST
def create(request: SignedInRequest, request_id: int) -> HttpResponse:
    service_request = request_or_404(request.user, request_id)
    authorize(request.user, "servicedesk.note_request", service_request)
    is_fragment = request.headers.get("HX-Request") == "true"
    form = NoteForm(request.POST)
    if not form.is_valid():
        template = f"{FORM}#box" if is_fragment else FORM
        return render(request, template, {"service_request": service_request, "note_form": form}, status=422)
    note_request(service_request, by=request.user, **form.cleaned_data)
    if is_fragment:
        # The thread hears of it by itself (live); the box is empty again.
        kept = NoteForm(initial={"audience": form.cleaned_data["audience"]})
        return render(request, f"{FORM}#box", {"service_request": service_request, "note_form": kept})
    return redirect("servicedesk:request-show", request_id)
