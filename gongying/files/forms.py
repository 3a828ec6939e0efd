from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongying.files.content import Upload, examine

MOST_FILES = 9
PHOTO_TYPES = "image/jpeg,image/png,image/webp,image/gif,image/heic"
DOCUMENT_TYPES = f"{PHOTO_TYPES},application/pdf,.docx,.xlsx,.pptx"


class FilesInput(forms.ClearableFileInput):
    """Several files in one field; screenshots may be pasted into it where it says `data-paste`."""

    allow_multiple_selected = True
    template_name = "files/widgets/files.html"


class PhotosInput(FilesInput):
    """The same as a button with a camera; what was chosen stands beside it as thumbnails."""

    template_name = "files/widgets/photos.html"


class AttachmentsField(forms.FileField):
    """Several files, each judged by its content; an error names the file. Cleans to a list of uploads."""

    widget = FilesInput
    photos_only = False
    accept = DOCUMENT_TYPES

    def __init__(self, *, required: bool = False, **options: Any) -> None:
        super().__init__(required=required, **options)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "accept": self.accept}

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        uploads: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(uploads) > MOST_FILES:
            raise ValidationError(
                ngettext("At most %(most)d file at a time.", "At most %(most)d files at a time.", MOST_FILES)
                % {"most": MOST_FILES},
                code="many",
            )
        return [self._checked(super(AttachmentsField, self).clean(upload, initial)) for upload in uploads]

    def _checked(self, upload: Upload) -> Upload:
        name = str(upload.name)
        if (upload.size or 0) > settings.UPLOAD_LIMIT_BYTES:
            raise ValidationError(
                _("“%(name)s” is larger than %(limit)d MB.")
                % {"name": name, "limit": settings.UPLOAD_LIMIT_BYTES // 2**20},
                code="size",
            )
        content = examine(upload)
        if self.photos_only and not content.is_photo:
            raise ValidationError(_("“%(name)s” is not a photo.") % {"name": name}, code="photo")
        return upload


class SignatureInput(FilesInput):
    """A field to sign in with a finger (signature.js); without scripts a photo of the signed paper."""

    template_name = "files/widgets/signature.html"


class SignatureField(AttachmentsField):
    """Cleans to one upload, or none."""

    widget = SignatureInput
    photos_only = True
    accept = "image/png,image/jpeg"

    def clean(self, data: Any, initial: Any = None) -> "Upload | None":  # type: ignore[override]
        uploads = super().clean(data, initial)
        return uploads[0] if uploads else None


class PhotosField(AttachmentsField):
    widget = PhotosInput
    photos_only = True
    accept = PHOTO_TYPES

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "data-thumbnails": ""}
