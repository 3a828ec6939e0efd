from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Self

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.common.permissions import may
from gongying.events.models import kind_of
from gongying.events.subjects import all_kinds
from gongying.files.content import INLINE

LONGEST_SIGNER = 100
# How signature.js calls what somebody drew.
DRAWN = "signature.png"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, *things: models.Model, label: str | None = None) -> Self:
        """What is attached to these things, oldest first; with `label` only what was attached under that word."""
        condition = models.Q(pk__in=[])
        labelled = {} if label is None else {"uses__label": label}
        for thing in things:
            condition |= models.Q(uses__kind=kind_of(thing), uses__object_id=thing.pk, **labelled)
        return self.filter(condition).distinct().order_by("pk")

    def handed_in_by(self, user: User) -> Self:
        """What she handed in and nothing has yet."""
        return self.filter(by=user, deposit__isnull=False)

    def visible_to(self, user: User, *, among: Collection[int] | None = None) -> Self:
        """Files attached to something the user may see, and what she handed in herself a moment ago.

        `among` those of these keys, only what they hang on is looked at: not all that she may see of every kind.
        """
        uses = AttachmentUse.objects.all()
        hang_on: dict[str, list[int]] = defaultdict(list)
        if among is not None:
            uses = uses.filter(models.Q(attachment__in=among) | models.Q(attachment__original__in=among))
            for key, pk in uses.values_list("kind", "object_id"):
                hang_on[key].append(pk)
        seen = models.Q(pk__in=[])
        for kind in all_kinds():
            if (among is not None and kind.key not in hang_on) or (kind.permission and not may(user, kind.permission)):
                continue
            rows = kind.visible_to(user)
            if among is not None:
                rows = rows.filter(pk__in=hang_on[kind.key])
            seen |= models.Q(kind=kind.key, object_id__in=rows.values("pk"))
        used = uses.filter(seen).values("attachment")
        attached = models.Q(pk__in=used) | models.Q(stamped__in=used)
        visible = self.filter(attached | models.Q(pk__in=self.model.objects.handed_in_by(user).values("pk")))
        return visible if among is None else visible.filter(pk__in=among)


class Attachment(models.Model):
    """A file somebody handed in. Its bytes lie in the storage under their hash; `mime` was read from the content."""

    sha256 = models.CharField(max_length=64, db_index=True, editable=False)
    name = models.CharField(_("file name"), max_length=120)
    size = models.PositiveIntegerField(_("size in bytes"))
    mime = models.CharField(_("type"), max_length=100)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed in by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    # Of a signature: who put it there, as the paper names her.
    signed_by = models.CharField(
        pgettext_lazy("a signature", "signed by"), max_length=LONGEST_SIGNER, blank=True, editable=False
    )
    # Of a photo into which words were burnt: the file as it was handed in (E-051).
    original = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="stamped", verbose_name=_("original")
    )

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return f"attachments/{self.sha256[:2]}/{self.sha256}"

    @property
    def thumbnail_path(self) -> str:
        return f"thumbnails/{self.sha256[:2]}/{self.sha256}.webp"

    @property
    def is_signature(self) -> bool:
        return bool(self.signed_by) or self.name == DRAWN

    @property
    def is_photo(self) -> bool:
        """Also of a kind that browsers do not show (HEIC)."""
        return self.mime.startswith("image/")

    @property
    def is_image(self) -> bool:
        """A raster image that was decoded when it came in: it may be shown inside a page."""
        return self.mime in INLINE

    def read(self) -> bytes:
        with default_storage.open(self.path) as file:
            return bytes(file.read())


def stored_attachments() -> Iterator[tuple[str, str]]:
    """Where their bytes lie, and what digest these must have; small pictures are made again."""
    for digest in Attachment.objects.values_list("sha256", flat=True).distinct().iterator():
        yield Attachment(sha256=digest).path, digest


class AttachmentUse(models.Model):
    """What an attachment belongs to, by kind and id as in the journal: this app knows no business."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="uses")
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    # What it shows of that thing, in the words of the app that attached it ("before", "after").
    label = models.SlugField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("use of an attachment")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id", "attachment"], name="attachment_use_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}-{self.object_id}: {self.attachment_id}"


class Deposit(models.Model):
    """A file handed in before there is anything that it belongs to: over with its first use, or after a day."""

    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="deposit")

    class Meta:
        verbose_name = _("file handed in")

    def __str__(self) -> str:
        return str(self.attachment)
