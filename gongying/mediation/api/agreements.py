"""What the sides agreed on and signed, for machines."""

from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Router, Status

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Day,
    Id,
    Input,
    Moment,
    Output,
    PathId,
    current_if_stale,
    line,
    named_row,
    row_or_404,
)
from gongying.common.problems import invalid_field
from gongying.files.api import PhotoIds, photos_handed_in
from gongying.files.models import Attachment
from gongying.mediation.api.cases import MediationOut, mediated, visible
from gongying.mediation.models import LONGEST_NAME, LONGEST_TEXT, MOST_SIDES, Agreement, MediationCase, Side
from gongying.mediation.operations import reach_agreement

router = Router(tags=["mediation"])


class SideSignatureIn(Input):
    side_id: Id = Field(examples=[11])
    attachment_id: Id = Field(description="The picture of its signature, handed in before", examples=[40])


class AgreementIn(Change):
    """Signed by every side, or on a paper: its picture, or where it is filed."""

    text: Annotated[str, line(LONGEST_TEXT), Field(examples=["No ball games after ten at night"])]
    check_on: Day = Field(description="When one asks whether it is kept", examples=["2039-12-31"])
    signatures: list[SideSignatureIn] = Field(default_factory=list, max_length=MOST_SIDES)
    paper_ids: PhotoIds = Field(default_factory=list, description="Pictures of the signed paper")
    filed_under: Annotated[str, line(LONGEST_NAME, shortest=0), Field(examples=["2026-17"])] = ""


class AgreementOut(Output):
    id: int = Field(examples=[3])
    text: str = Field(examples=["No ball games after ten at night"])
    check_on: Day = Field(examples=["2039-12-31"])
    filed_under: str = Field(examples=[""])
    attachment_ids: list[int] = Field(description="Signatures and papers", examples=[[40, 41]])
    is_kept: bool | None = Field(description="null: nobody has asked yet", examples=[None])
    by_id: int = Field(description="User", examples=[3])
    at: Moment

    @staticmethod
    def resolve_attachment_ids(row: Agreement) -> list[int]:
        return [attachment.pk for attachment in Attachment.objects.of(row)]

    @staticmethod
    def resolve_is_kept(row: Agreement) -> bool | None:
        check = getattr(row, "check_row", None)
        return check.is_kept if check else None


@router.get("/mediations/{int:case_id}/agreements", response=list[AgreementOut])
def list_agreements(request: SignedInRequest, case_id: PathId) -> Any:
    case: MediationCase = row_or_404(visible(request), case_id)
    return list(case.agreements.select_related("check_row"))


@router.post("/mediations/{int:case_id}/agreements", response={201: AgreementOut}, summary="The sides agree and sign")
def create_agreement(request: SignedInRequest, case_id: PathId, body: AgreementIn) -> Status[Agreement]:
    case, user = mediated(request, case_id), request.user
    with current_if_stale(case, MediationOut):
        agreement = reach_agreement(
            case,
            by=user,
            text=body.text,
            check_on=body.check_on,
            signatures=_signatures(case, body.signatures, by=user),
            papers=photos_handed_in(body.paper_ids, by=user, field="paper_ids"),
            filed_under=body.filed_under,
            seen=body.version,
        )
    return Status(201, agreement)


def _signatures(case: MediationCase, given: list[SideSignatureIn], *, by: User) -> dict[int, Attachment]:
    sides = [named_row(Side.objects.of(case), one.side_id, "signatures").pk for one in given]
    if len(set(sides)) < len(sides):
        raise invalid_field("signatures", _("Each side signs once."))
    pictures = photos_handed_in([one.attachment_id for one in given], by=by, field="signatures")
    return dict(zip(sides, pictures, strict=True))
