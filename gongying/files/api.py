from collections.abc import Sequence
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _
from ninja import Field, File, Router, Status, UploadedFile

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import A_FILE, Id, Moment, Output, PathId, row_or_404
from gongying.common.problems import FieldError, invalid, invalid_field
from gongying.files.forms import MOST_FILES, AttachmentsField
from gongying.files.models import Attachment
from gongying.files.operations import attach, hand_in
from gongying.files.serving import serve

router = Router(tags=["attachments"])


PhotoIds = Annotated[
    list[Id],
    Field(max_length=MOST_FILES, description="Photos handed in by `POST /attachments`", examples=[[21, 22]]),
]


class AttachmentOut(Output):
    id: int = Field(examples=[21])
    name: str = Field(examples=["leak.jpg"])
    size: int = Field(description="Bytes", examples=[183_204])
    mime: str = Field(description="By content, not by name", examples=["image/jpeg"])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    original_id: int | None = Field(description="Of a photo with words burnt in: the file as handed in", examples=[20])
    signed_by: str = Field(description="Of a signature: who signed", examples=[""])
    by_id: int = Field(examples=[3])
    at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])


@router.post("/attachments", response={201: AttachmentOut}, summary="Hand in a file")
def create_attachment(request: SignedInRequest, file: File[UploadedFile]) -> Status[Attachment]:
    """Before there is anything that it belongs to: its id is named where that is made (`photo_ids`), once, by you.

    Until then only you see it; what nobody names within a day is removed.
    """
    return Status(201, hand_in(checked_upload(file), by=request.user))


@router.get("/attachments/{int:attachment_id}", response=AttachmentOut)
def show_attachment(request: SignedInRequest, attachment_id: PathId) -> Attachment:
    """A file is seen by who may see one of the things it is attached to."""
    return row_or_404(Attachment.objects.visible_to(request.user, among=[attachment_id]), attachment_id)


def attach_file(upload: Any, *, to: Model, by: User) -> Attachment:
    return attach(checked_upload(upload), to=to, by=by)


def checked_upload(upload: Any) -> Any:
    """As the pages check it; what is wrong is told as 422 of the field `file`."""
    try:
        return AttachmentsField(required=True).clean([upload])[0]
    except ValidationError as error:
        raise invalid_field("file", " ".join(error.messages)) from error


def photos_handed_in(ids: Sequence[int], *, by: User, field: str) -> list[Attachment]:
    """What a body names by `ids`: her own photos that belong to nothing yet; else 422 with their places."""
    if not ids:
        return []
    own = {row.pk: row for row in Attachment.objects.visible_to(by, among=ids).handed_in_by(by)}
    wrong = []
    for place, pk in enumerate(ids):
        if pk not in own or pk in ids[:place]:
            wrong.append((place, _("You handed in no such file, or it belongs to something already.")))
        elif not own[pk].is_photo:
            wrong.append((place, _("“%(name)s” is not a photo.") % {"name": own[pk].name}))
    if wrong:
        raise invalid(FieldError(f"{field}.{place}", sentence) for place, sentence in wrong)
    return [own[pk] for pk in ids]


@router.get("/attachments/{int:attachment_id}/content", openapi_extra=A_FILE, summary="The file itself")
def show_attachment_content(request: SignedInRequest, attachment_id: PathId) -> Any:
    return serve(row_or_404(Attachment.objects.visible_to(request.user, among=[attachment_id]), attachment_id))
