"""What a file is, judged by its bytes and never by its name."""

import zipfile
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image

Upload: TypeAlias = "UploadedFile[Any]"

MOST_PIXELS = 60_000_000
MOST_MEMBERS = 10_000
ENTRY_OF_MEMBER = b"PK\x01\x02"
RASTER = {
    "JPEG": ("image/jpeg", ".jpg"),
    "PNG": ("image/png", ".png"),
    "WEBP": ("image/webp", ".webp"),
    "GIF": ("image/gif", ".gif"),
}
# Decoded by us, no script in it: browsers may show these inside a page. Everything else is only ever downloaded.
INLINE = frozenset(mime for mime, _suffix in RASTER.values())
HEIC_BRANDS = (b"heic", b"heix", b"hevc", b"mif1", b"msf1")
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pptx"),
}


@dataclass(frozen=True)
class Content:
    mime: str
    suffix: str

    @property
    def is_photo(self) -> bool:
        return self.mime.startswith("image/")


def examine(upload: Upload) -> Content:
    """What `upload` really is; raise `ValidationError` for anything that is not on the list of welcome kinds."""
    file, name = upload.file, str(upload.name or "")
    if file is None:
        raise ValidationError(_("“%(name)s” is empty.") % {"name": name}, code="empty")
    file.seek(0)
    head = file.read(16)
    file.seek(0)
    content = _raster(file, head, name) or _heic(head) or _pdf(head) or _office(file, head)
    file.seek(0)
    if content is None:
        raise ValidationError(
            _(
                "“%(name)s” is not accepted: by its content it is no photo (JPEG, PNG, WebP, GIF, HEIC), PDF, Word, Excel or PowerPoint file."
            )
            % {"name": name},
            code="content",
        )
    return content


def _raster(file: IO[bytes], head: bytes, name: str) -> Content | None:
    if not head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8")) and not (
        head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    ):
        return None
    try:
        with Image.open(file, formats=tuple(RASTER)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise ValidationError(_("The picture “%(name)s” has too many pixels.") % {"name": name}, code="pixels")
            mime, suffix = RASTER[str(image.format)]
            image.verify()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError(_("The picture “%(name)s” is damaged.") % {"name": name}, code="damaged") from error
    return Content(mime, suffix)


def _heic(head: bytes) -> Content | None:
    return Content("image/heic", ".heic") if head[4:8] == b"ftyp" and head[8:12] in HEIC_BRANDS else None


def _pdf(head: bytes) -> Content | None:
    return Content("application/pdf", ".pdf") if head.startswith(b"%PDF-") else None


def _office(file: IO[bytes], head: bytes) -> Content | None:
    if not head.startswith(b"PK\x03\x04"):
        return None
    if file.read().count(ENTRY_OF_MEMBER) > MOST_MEMBERS:  # each would become an object
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            members = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if any(member.endswith("vbaProject.bin") for member in members):
        return None
    return next((Content(*kind) for member, kind in OFFICE.items() if member in members), None)
