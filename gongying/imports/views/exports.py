from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import check_readable
from gongying.common.paging import paginate
from gongying.common.permissions import authorize
from gongying.imports.enums import ExportFormat, ExportState
from gongying.imports.listings import find_listing
from gongying.imports.models import Export
from gongying.imports.operations import request_export
from gongying.imports.rules import EXPORT_ROWS
from gongying.imports.serving import serve_export

LONGEST_QUERY = 4000


@require_POST
def create(request: SignedInRequest) -> HttpResponseBase:
    """Export what a list page shows: its key and the query string of its address."""
    authorize(request.user, EXPORT_ROWS)
    listing = find_listing(request.POST.get("listing", ""))
    if listing is None:
        raise Http404
    authorize(request.user, listing.permission)
    file_format = request.POST.get("format", ExportFormat.XLSX)
    if file_format not in ExportFormat.values:
        raise Http404
    query = request.POST.get("query", "")[:LONGEST_QUERY]
    check_readable(QueryDict(query))
    export = request_export(listing, by=request.user, query=query, file_format=file_format)
    return serve_export(export) if export.state == ExportState.READY else redirect(export)


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, EXPORT_ROWS)
    exports = Export.objects.visible_to(request.user)
    page = paginate(exports, order=("-created_at", "-id"), cursor=request.GET.get("cursor"))
    return render(request, "imports/export_list.html", {"page": page})


@require_safe
def show(request: SignedInRequest, export_id: int) -> HttpResponse:
    export = get_object_or_404(Export.objects.visible_to(request.user), pk=export_id)
    authorize(request.user, EXPORT_ROWS)
    return render(request, "imports/export_show.html", {"export": export})


@require_safe
def download(request: SignedInRequest, export_id: int) -> FileResponse:
    export = get_object_or_404(
        Export.objects.visible_to(request.user).filter(state=ExportState.READY).exclude(file=""), pk=export_id
    )
    authorize(request.user, EXPORT_ROWS)
    return serve_export(export)
