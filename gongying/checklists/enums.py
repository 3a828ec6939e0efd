from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Use(models.TextChoices):
    """What a check list is ticked for."""

    OPENING = "opening", _("opening of the service centre")
    RECEPTION = "reception", _("reception of visitors")
    CALL = "call", pgettext_lazy("looked at", "calls")
    MEETING = "meeting", _("meetings and talks")
    WORDING = "wording", _("written words")
    HANDOVER = "handover", _("hand-over of a unit")
    TAKEOVER = "takeover", _("take-over of common parts")
    FIT_OUT = "fit_out", _("look at a fit-out")
    ACCEPTANCE = "acceptance", _("acceptance of a fit-out")
    MYSTERY = "mystery", _("mystery-shopper check")


# Once a day and project, until the hour that the list names.
DAILY = (Use.OPENING,)
# How somebody does it: whoever looks is not the one who does.
OF_A_PERSON = (Use.RECEPTION, Use.CALL, Use.WORDING)
# Who comes unknown as a customer looks at a post, not at a person.
OF_A_POST = (Use.MYSTERY,)
OF_CONDUCT = (*OF_A_POST, *OF_A_PERSON)
# Begun from the page of the thing that is looked at, in the app that knows it.
ELSEWHERE = (Use.HANDOVER, Use.TAKEOVER, Use.FIT_OUT, Use.ACCEPTANCE)


class Verdict(models.TextChoices):
    FINE = "fine", pgettext_lazy("of a check", "fine")
    FAILED = "failed", pgettext_lazy("of a check", "failed")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("of a check", "does not apply")


class Situation(models.TextChoices):
    """Where something is said."""

    COUNTER = "counter", pgettext_lazy("where something is said", "at the counter")
    CALL = "call", pgettext_lazy("where something is said", "on the phone")
    VISIT = "visit", pgettext_lazy("where something is said", "at the customer's home")
    MEETING = "meeting", pgettext_lazy("where something is said", "in a meeting")
    COMPLAINT = "complaint", pgettext_lazy("where something is said", "about a complaint")
    WRITING = "writing", pgettext_lazy("where something is said", "in writing")


class Audience(models.TextChoices):
    """To whom."""

    ANYBODY = "anybody", pgettext_lazy("to whom something is said", "anybody")
    ELDER = "elder", pgettext_lazy("to whom something is said", "elders")
    YOUNG = "young", pgettext_lazy("to whom something is said", "young people")
    GUEST = "guest", pgettext_lazy("to whom something is said", "guests")
    OFFICIAL = "official", pgettext_lazy("to whom something is said", "officials")
