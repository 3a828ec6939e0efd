import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import PurePath
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.base import File as Stored
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.events.models import kind_of
from gongying.events.operations import record_event
from gongying.files.content import Upload, examine
from gongying.files.models import LONGEST_SIGNER, Attachment, AttachmentUse, Deposit
from gongying.files.pictures import picture_of
from gongying.files.stamps import stamp, taken_at

__all__ = [
    "File",
    "Upload",
    "attach",
    "attach_also",
    "attach_stamped",
    "detach",
    "hand_in",
    "make_thumbnail",
    "safe_name",
]

# What is attached: a file that comes with a form, or one that was handed in before.
File: TypeAlias = "Upload | Attachment"

LONGEST_NAME = 100
DEPOSIT_KEPT = timedelta(days=1)
MOST_DEPOSITS = 50
THUMBNAIL_PIXELS = 480
# Separators, control characters and direction marks: `photo\u202egpj.exe` must not look like a picture.
UNSAFE_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]')


@transaction.atomic
def attach(file: File, *, to: models.Model, by: User, label: str = "", signed_by: str = "") -> Attachment:
    """Attach a file to `to`, a signature with who signed. Raises `ValidationError` if an upload's content is of no welcome kind."""
    attachment = _take_deposit(file, by=by) if isinstance(file, Attachment) else _keep(file, by=by)
    if signed_by.strip():
        attachment.signed_by = signed_by.strip()[:LONGEST_SIGNER]
        attachment.save(update_fields=["signed_by"])
    return _use(attachment, to=to, by=by, label=label)


def _use(attachment: Attachment, *, to: models.Model, by: User, label: str = "") -> Attachment:
    AttachmentUse.objects.create(attachment=attachment, kind=kind_of(to), object_id=to.pk, label=label)
    record_event("attachment.added", by=by, subjects=[to], attachment=attachment.pk, name=attachment.name)
    return attachment


@transaction.atomic
def attach_stamped(
    photo: File, *, to: models.Model, by: User, lines: Callable[[datetime | None], Sequence[str]]
) -> Attachment:
    """Attach a photo that carries words burnt in; the original is kept as it was handed in, beside it (E-051).

    `lines` are told when the camera says it was taken. A kind of photo that cannot be drawn on (HEIC) stays as it is.
    """
    original = _take_deposit(photo, by=by) if isinstance(photo, Attachment) else _keep(photo, by=by)
    if not original.is_image:
        return _use(original, to=to, by=by)
    picture = original.read()
    try:
        shown = stamp(picture, lines(taken_at(picture)))
    except (OSError, SyntaxError, ValueError) as error:
        raise ValidationError(_("The picture “%(name)s” is damaged.") % {"name": original.name}) from error
    upload = SimpleUploadedFile(f"{PurePath(original.name).stem}.jpg", shown, "image/jpeg")
    return _use(_keep(upload, by=by, original=original), to=to, by=by)


@transaction.atomic
def hand_in(upload: Upload, *, by: User) -> Attachment:
    """Keep `upload` for something that is yet to come: `attach` takes it from here within a day."""
    if Attachment.objects.handed_in_by(by).count() >= MOST_DEPOSITS:
        raise Refused(_("%(most)d files that belong to nothing are enough. Use them first.") % {"most": MOST_DEPOSITS})
    attachment = _keep(upload, by=by)
    Deposit.objects.create(attachment=attachment)
    return attachment


def _take_deposit(attachment: Attachment, *, by: User) -> Attachment:
    """Once only, whoever else asks for it in this moment; and only by who handed it in."""
    taken, _models = Deposit.objects.filter(attachment=attachment, attachment__by=by).delete()
    if not taken:
        raise Refused(_("The file “%(name)s” belongs to something already.") % {"name": attachment.name})
    return attachment


def _keep(upload: Upload, *, by: User, original: Attachment | None = None) -> Attachment:
    content = examine(upload)
    digest = _digest(upload)
    attachment = Attachment(
        sha256=digest,
        name=safe_name(upload.name or "", suffix=content.suffix),
        size=upload.size or 0,
        mime=content.mime,
        by=by,
        original=original,
    )
    _hold_content(digest)
    _store(upload, attachment.path)
    attachment.save()
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


@app.periodic(cron="33 3 * * *")
@app.task(queueing_lock="remove_old_deposits", pass_context=False)
def remove_old_deposits_later(timestamp: int) -> None:
    remove_old_deposits()


def remove_old_deposits() -> int:
    """Forget what was handed in and never used; how many there were."""
    old = Deposit.objects.filter(attachment__at__lt=timezone.now() - DEPOSIT_KEPT)
    return sum(_forget(deposit) for deposit in old.select_related("attachment"))


@transaction.atomic
def _forget(deposit: Deposit) -> bool:
    """The bytes go with the last attachment that they stand for."""
    attachment = deposit.attachment
    _hold_content(attachment.sha256, alone=True)
    if not Deposit.objects.filter(pk=deposit.pk).delete()[0]:
        return False  # it was used in this moment
    attachment.delete()
    if not Attachment.objects.filter(sha256=attachment.sha256).exists():
        # Now, not on commit: then others might store the same bytes already.
        default_storage.delete(attachment.path)
        default_storage.delete(attachment.thumbnail_path)
    return True


def _hold_content(digest: str, *, alone: bool = False) -> None:
    """Until commit nobody removes these bytes, while others may store them too; `alone`: nobody stores them either."""
    lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(hashtextextended(%s, 0))", [digest])


def make_thumbnail(attachment: Attachment) -> bytes:
    """A small picture without the camera's data (place, time, owner), upright; made once."""
    if default_storage.exists(attachment.thumbnail_path):
        with default_storage.open(attachment.thumbnail_path) as file:
            return bytes(file.read())
    small = BytesIO()
    try:
        picture_of(attachment.read(), longest=THUMBNAIL_PIXELS).save(small, "WEBP", quality=80)
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


def _store(file: "Stored[Any]", path: str) -> None:
    if default_storage.exists(path):
        return
    saved = default_storage.save(path, file)
    if saved != path:  # somebody stored the same bytes in this moment, and the storage gave us another name
        default_storage.delete(saved)
