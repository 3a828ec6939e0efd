from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from ninja import Field, Router

from gongying.accounts.models import User
from gongying.accounts.requests import SignedInRequest
from gongying.common.api import A_FILE, Moment, Output, PathId, row_or_404
from gongying.common.problems import invalid_field
from gongying.files.models import Attachment
from gongying.files.operations import attach
from gongying.files.serving import serve

router = Router(tags=["attachments"])


class AttachmentOut(Output):
    id: int = Field(examples=[21])
    name: str = Field(examples=["leak.jpg"])
    size: int = Field(description="Bytes", examples=[183_204])
    mime: str = Field(description="By content, not by name", examples=["image/jpeg"])
    sha256: str = Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"])
    by_id: int = Field(examples=[3])
    at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])


@router.get("/attachments/{int:attachment_id}", response=AttachmentOut)
def show_attachment(request: SignedInRequest, attachment_id: PathId) -> Attachment:
    """A file is seen by who may see one of the things it is attached to."""
    return row_or_404(Attachment.objects.visible_to(request.user), attachment_id)


def attach_file(upload: Any, *, to: Model, by: User) -> Attachment:
    """`attach`, its objections told as 422 of the field `file`."""
    try:
        return attach(upload, to=to, by=by)
    except ValidationError as error:
        raise invalid_field("file", " ".join(error.messages)) from error


@router.get("/attachments/{int:attachment_id}/content", openapi_extra=A_FILE, summary="The file itself")
def show_attachment_content(request: SignedInRequest, attachment_id: PathId) -> Any:
    return serve(row_or_404(Attachment.objects.visible_to(request.user), attachment_id))
