from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.files.operations import attach
from gongying.servicedesk.forms.notes import PhotosForm
from gongying.servicedesk.views.lookups import request_or_404


@require_POST
def create(request: SignedInRequest, request_id: int) -> HttpResponse:
    service_request = request_or_404(request.user, request_id)
    authorize(request.user, "servicedesk.note_request", service_request)
    form = PhotosForm(request.POST, request.FILES)
    if not form.is_valid():
        context = {"service_request": service_request, "form": form}
        return render(request, "servicedesk/photos_form.html", context, status=422)
    for photo in form.cleaned_data["photos"]:
        attach(photo, to=service_request, by=request.user)
    return redirect("servicedesk:request-show", request_id)
