from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KeyKind(models.TextChoices):
    """Whose door it opens (E-041)."""

    ENTRUSTED = "entrusted", pgettext_lazy("a key", "entrusted by the household")
    VACANT = "vacant", pgettext_lazy("a key", "of an empty unit")
    PUBLIC = "public", pgettext_lazy("a key", "of common parts")


class KeyEnding(models.TextChoices):
    """Why a key is in the register no more."""

    HANDED_BACK = "handed_back", pgettext_lazy("a key", "handed back to its owner")
    REPLACED = "replaced", _("lock replaced")
    LOST = "lost", pgettext_lazy("a key", "lost")


class Confirmation(models.TextChoices):
    """How the household said that these things may leave."""

    IN_PERSON = "in_person", pgettext_lazy("confirmed", "at the desk")
    PHONE = "phone", pgettext_lazy("confirmed", "by telephone")
    MESSAGE = "message", pgettext_lazy("confirmed", "by message")
    PAPER = "paper", pgettext_lazy("confirmed", "on paper, signed")


class PassState(models.TextChoices):
    """What a gate sees of a pass; it follows from the row."""

    VALID = "valid", pgettext_lazy("a pass", "valid")
    COMING = "coming", pgettext_lazy("a pass", "not valid yet")
    EXPIRED = "expired", pgettext_lazy("a pass", "expired")
    USED = "used", pgettext_lazy("a pass", "used")
    VOID = "void", pgettext_lazy("a pass", "withdrawn")


class MailKind(models.TextChoices):
    PARCEL = "parcel", pgettext_lazy("mail", "parcel")
    LETTER = "letter", pgettext_lazy("mail", "letter")
    REGISTERED = "registered", pgettext_lazy("mail", "registered letter")
    OTHER = "other", pgettext_lazy("mail", "something else")


class MailWay(models.TextChoices):
    IN = "in", pgettext_lazy("mail", "for a household")
    OUT = "out", pgettext_lazy("mail", "to be sent")


class MailEnding(models.TextChoices):
    """How a piece of mail left the mail room."""

    COLLECTED = "collected", pgettext_lazy("mail", "handed out")
    SENT_BACK = "sent_back", pgettext_lazy("mail", "sent back")


class ReturnReason(models.TextChoices):
    """Why a piece of mail goes back to who sent it."""

    UNCLAIMED = "unclaimed", pgettext_lazy("mail sent back", "nobody came for it")
    REFUSED = "refused", pgettext_lazy("mail sent back", "not wanted")
    MOVED = "moved", pgettext_lazy("mail sent back", "moved away")
    UNKNOWN = "unknown", pgettext_lazy("mail sent back", "nobody of that name, wrong address")
    DAMAGED = "damaged", pgettext_lazy("mail sent back", "damaged")
    OTHER = "other", pgettext_lazy("mail sent back", "something else")


class Telling(models.TextChoices):
    """How somebody was told that something waits for her."""

    PHONE = "phone", pgettext_lazy("told", "by telephone")
    MESSAGE = "message", pgettext_lazy("told", "by message")
    IN_PERSON = "in_person", pgettext_lazy("told", "in person")


class GuestPurpose(models.TextChoices):
    """Why somebody comes who does not live here."""

    VISIT = "visit", pgettext_lazy("a guest", "visits friends or family")
    BUSINESS = "business", pgettext_lazy("a guest", "has an appointment")
    WORK = "work", pgettext_lazy("a guest", "works there")
    DELIVERY = "delivery", pgettext_lazy("a guest", "delivers something")
    VIEWING = "viewing", pgettext_lazy("a guest", "looks at the flat")
    OTHER = "other", pgettext_lazy("a guest", "something else")


class GuestState(models.TextChoices):
    """What a gate sees of a guest; it follows from the row."""

    UNCONFIRMED = "unconfirmed", pgettext_lazy("a guest", "nobody has agreed yet")
    COMING = "coming", pgettext_lazy("a guest", "expected later")
    EXPECTED = "expected", pgettext_lazy("a guest", "expected")
    EXPIRED = "expired", pgettext_lazy("a guest", "did not come")
    IN_HOUSE = "in_house", pgettext_lazy("a guest", "in the house")
    GONE = "gone", pgettext_lazy("a guest", "left")
    VOID = "void", pgettext_lazy("a guest", "withdrawn")
