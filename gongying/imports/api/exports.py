from typing import Annotated, Any

from django.utils.http import urlencode
from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import A_FILE, Input, Listed, Moment, Output, PagingQuery, PathId, line, page, row_or_404
from gongying.common.errors import Refused
from gongying.common.permissions import authorize, may
from gongying.common.problems import invalid_field
from gongying.imports.enums import ExportFormat, ExportState
from gongying.imports.listings import all_listings, find_listing
from gongying.imports.models import Export
from gongying.imports.operations import request_export
from gongying.imports.rules import EXPORT_ROWS
from gongying.imports.serving import serve_export

router = Router(tags=["exports"])


class ListingOut(Output):
    """A list that can be written into a file."""

    key: str = Field(examples=["requests"])
    label: str = Field(examples=["Requests"])
    columns: list[str] = Field(examples=[["Number", "State"]])


class ExportOut(Output):
    """A list on its way into a file, which is kept for a week."""

    id: int = Field(examples=[4])
    listing: str = Field(examples=["requests"])
    query: str = Field(description="The filters, as a query string", examples=["urgency=urgent"])
    format: ExportFormat
    state: ExportState
    rows_done: int = Field(examples=[120])
    rows_total: int = Field(examples=[120])
    percent: int = Field(examples=[100])
    failure: str = Field(examples=[""])
    created_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    finished_at: Moment | None = Field(examples=["2026-11-21T14:30:04+08:00"])


class ExportIn(Input):
    listing: Annotated[str, line(60)] = Field(description="Of `GET /listings`", examples=["requests"])
    filters: dict[Annotated[str, line(40)], list[Annotated[str, line(200)]]] = Field(
        default_factory=dict,
        max_length=30,
        description="As the page of the list has them in its address",
        examples=[{"urgency": ["urgent"]}],
    )
    format: ExportFormat = ExportFormat.XLSX


def mine(request: SignedInRequest) -> Any:
    authorize(request.user, EXPORT_ROWS)
    return Export.objects.visible_to(request.user)


@router.get("/listings", response=list[ListingOut])
def list_listings(request: SignedInRequest) -> list[ListingOut]:
    authorize(request.user, EXPORT_ROWS)
    return [
        ListingOut(key=listing.key, label=str(listing.label), columns=[str(column.label) for column in listing.columns])
        for listing in all_listings()
        if may(request.user, listing.permission)
    ]


@router.get("/exports", response=Listed[ExportOut])
def list_exports(request: SignedInRequest, query: PagingQuery) -> dict[str, Any]:
    """Your own: a file holds what its maker may see."""
    return page(mine(request), query, order=("-created_at", "-id"))


@router.post("/exports", response={201: ExportOut}, summary="Write a list into a file")
def create_export(request: SignedInRequest, body: ExportIn) -> Status[Export]:
    """Up to 1,000 rows are ready at once, more are written by the worker: ask again until `state` is `ready`."""
    authorize(request.user, EXPORT_ROWS)
    listing = find_listing(body.listing)
    if listing is None:
        raise invalid_field("listing", _("There is no such list."))
    authorize(request.user, listing.permission)
    query = urlencode(body.filters, doseq=True)
    return Status(201, request_export(listing, by=request.user, query=query, file_format=body.format))


@router.get("/exports/{int:export_id}", response=ExportOut)
def show_export(request: SignedInRequest, export_id: PathId) -> Any:
    return row_or_404(mine(request), export_id)


@router.get("/exports/{int:export_id}/file", openapi_extra=A_FILE, summary="The file itself")
def show_export_file(request: SignedInRequest, export_id: PathId) -> Any:
    export: Export = row_or_404(mine(request), export_id)
    if export.state != ExportState.READY or not export.file:
        raise Refused(_("The file is not ready yet."), current={"id": export.pk, "state": export.state})
    return serve_export(export)
