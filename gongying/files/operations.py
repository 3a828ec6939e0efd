import hashlib
import re
import unicodedata
from io import BytesIO
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from gongying.accounts.models import User
from gongying.events.models import kind_of
from gongying.events.operations import record_event
from gongying.files.content import Upload, examine
from gongying.files.models import Attachment, AttachmentUse

__all__ = ["Upload", "attach", "attach_also", "detach", "make_thumbnail", "safe_name"]

LONGEST_NAME = 100
THUMBNAIL_PIXELS = 480
# Separators, control characters and direction marks: `photo\u202egpj.exe` must not look like a picture.
UNSAFE_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


@transaction.atomic
def attach(upload: Upload, *, to: models.Model, by: User, label: str = "") -> Attachment:
    """Keep `upload` and attach it to `to`. Raises `ValidationError` if its content is of no welcome kind."""
    content = examine(upload)
    digest = _digest(upload)
    attachment = Attachment(
        sha256=digest,
        name=safe_name(upload.name or "", suffix=content.suffix),
        size=upload.size or 0,
        mime=content.mime,
        by=by,
    )
    _store(upload, attachment.path)
    attachment.save()
    AttachmentUse.objects.create(attachment=attachment, kind=kind_of(to), object_id=to.pk, label=label)
    record_event("attachment.added", by=by, subjects=[to], attachment=attachment.pk, name=attachment.name)
    return attachment


@transaction.atomic
def attach_also(attachment: Attachment, *, to: models.Model, label: str = "") -> None:
    """The same file belongs to another thing, too (the photo of a touch and of the request that came of it)."""
    AttachmentUse.objects.get_or_create(
        attachment=attachment, kind=kind_of(to), object_id=to.pk, defaults={"label": label}
    )


@transaction.atomic
def detach(attachment: Attachment, *, thing: models.Model, by: User) -> None:
    """Take the file off `thing`; the journal keeps that it was there."""
    removed, _models = AttachmentUse.objects.filter(
        attachment=attachment, kind=kind_of(thing), object_id=thing.pk
    ).delete()
    if removed:
        record_event("attachment.removed", by=by, subjects=[thing], attachment=attachment.pk, name=attachment.name)


def make_thumbnail(attachment: Attachment) -> bytes:
    """A small picture without the camera's data (place, time, owner), upright; made once."""
    if default_storage.exists(attachment.thumbnail_path):
        with default_storage.open(attachment.thumbnail_path) as file:
            return bytes(file.read())
    small = BytesIO()
    try:
        with Image.open(BytesIO(attachment.read())) as image:
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
            upright.convert("RGB").save(small, "WEBP", quality=80)
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError(_("The picture “%(name)s” is damaged.") % {"name": attachment.name}) from error
    _store(ContentFile(small.getvalue()), attachment.thumbnail_path)
    return small.getvalue()


def safe_name(name: str, *, suffix: str) -> str:
    """The name as given, without anything that could mislead, and with the suffix that its content deserves."""
    plain = UNSAFE_IN_NAMES.sub("", unicodedata.normalize("NFC", PurePath(name.replace("\\", "/")).name)).strip(". ")
    stem, dot, given = plain.rpartition(".")
    stem = stem if dot else given
    same = {suffix, ".jpeg"} if suffix == ".jpg" else {suffix}
    suffix = f".{given}" if dot and f".{given.lower()}" in same else suffix
    return f"{(stem or 'file')[:LONGEST_NAME]}{suffix}"


def _digest(upload: Upload) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


def _store(file: "File[Any]", path: str) -> None:
    if default_storage.exists(path):
        return
    saved = default_storage.save(path, file)
    if saved != path:  # somebody stored the same bytes in this moment, and the storage gave us another name
        default_storage.delete(saved)
