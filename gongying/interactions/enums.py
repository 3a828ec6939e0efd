from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Channel(models.TextChoices):
    PHONE = "phone", _("phone call")
    COUNTER = "counter", _("visit to the counter")
    WECHAT = "wechat", _("WeChat")
    OWNERS_GROUP = "owners_group", _("owners' group")
    HOME_VISIT = "home_visit", _("home visit")
    LETTER = "letter", _("letter")
    SUGGESTION_BOX = "suggestion_box", _("suggestion box")
    EMAIL = "email", _("e-mail")
    SMS = "sms", _("text message")
    PORTAL = "portal", _("resident portal")
    MESSAGE_BOARD = "message_board", _("message board")
    HOTLINE_12345 = "hotline_12345", _("12345 hotline")
    PATROL = "patrol", _("found on a round")


class Direction(models.TextChoices):
    INBOUND = "inbound", _("inbound")
    OUTBOUND = "outbound", _("outbound")


class AnswerKind(models.TextChoices):
    """How the touch was answered (R-012)."""

    EXPLAINED = "explained", _("answered at once")
    WITHIN_AUTHORITY = "within_authority", _("settled within authority")
    APPOINTMENT = "appointment", _("appointment made")
    REQUEST = "request", _("request registered")
    NONE = "none", _("not answered yet")


class PromiseKind(models.TextChoices):
    """Who answers what could not be answered on the spot (R-011)."""

    SENIOR = "senior", _("a senior colleague answers")
    APPOINTMENT = "appointment", _("an appointment")


class PlaceKind(models.TextChoices):
    """Where the two sides spoke (R-144)."""

    CENTRE = "centre", _("service centre or office")
    HOME = "home", _("customer's home")
    SITE = "site", _("in the project")
    AUTHORITY = "authority", _("government office")
    PARTNER = "partner", _("other party's office")
    DISTANCE = "distance", _("at a distance")
    OTHER = "other", _("elsewhere")


class Form(models.TextChoices):
    """How they spoke (R-083)."""

    ORAL = "oral", _("spoken")
    WRITTEN = "written", _("on paper")
    NETWORK = "network", _("by network and others")


class Method(models.TextChoices):
    """By which means (R-084)."""

    LISTENING = "listening", _("listening")
    TALKING = "talking", _("talking")
    WRITING = "writing", _("writing")
    READING = "reading", _("reading")
    NON_VERBAL = "non_verbal", _("without words")


class JourneyStage(models.TextChoices):
    """Where in the life of a customer it happened (standards 2.8)."""

    VIEWING = "viewing", _("looking for a home")
    SIGNING = "signing", _("signing the contract")
    HANDOVER = "handover", _("taking over the home")
    FIT_OUT = "fit_out", _("fit-out")
    LIVING = "living", _("everyday life")
    COMMUNITY = "community", _("activities and self-government")
    LEAVING = "leaving", _("selling or moving out")


class PromiseOutcome(models.TextChoices):
    """What has come of a promise so far."""

    OPEN = "open", pgettext_lazy("of a promise", "not due yet")
    BROKEN = "broken", pgettext_lazy("of a promise", "overdue")
    KEPT = "kept", pgettext_lazy("of a promise", "kept")
    KEPT_LATE = "kept_late", pgettext_lazy("of a promise", "kept late")


class ReplyWay(models.TextChoices):
    """On which way a letter, a slip or a mail is answered."""

    PHONE = "phone", _("phone call")
    VISIT = "visit", pgettext_lazy("an answer", "in person")
    LETTER = "letter", _("letter")
    EMAIL = "email", _("e-mail")
    WECHAT = "wechat", _("WeChat")
    POSTED = "posted", _("put up for all")


class MatterKind(models.TextChoices):
    """What kind of contact it was; requests say it more finely (R-079, R-099)."""

    ENQUIRY = "enquiry", _("enquiry")
    HELP = "help", _("seeking help")
    COMPLAINT = "complaint", _("complaint")
    SUGGESTION = "suggestion", _("suggestion")
    REPORT = "report", _("report of a violation")
    PRAISE = "praise", _("praise")
    REPAIR = "repair", _("repair")
    TALK = "talk", _("talk")


class TalkPurpose(models.TextChoices):
    """What one wants to reach in a talk that is planned (R-161)."""

    INFORM = "inform", pgettext_lazy("of a talk", "tell and explain")
    HEAR = "hear", pgettext_lazy("of a talk", "hear what they think")
    AGREE = "agree", pgettext_lazy("of a talk", "come to an agreement")
    REPORT = "report", pgettext_lazy("of a talk", "report and ask for instructions")
    CALM = "calm", pgettext_lazy("of a talk", "calm and reconcile")
    KEEP = "keep", pgettext_lazy("of a talk", "keep in touch")


class TalkWay(models.TextChoices):
    """By which way one talks."""

    VISIT = "visit", pgettext_lazy("of a talk", "call on them")
    INVITED = "invited", pgettext_lazy("of a talk", "talk at our place")
    MEETING = "meeting", pgettext_lazy("of a talk", "meeting with minutes")
    SITE = "site", pgettext_lazy("of a talk", "look at it together")
    PHONE = "phone", pgettext_lazy("of a talk", "phone call")
    LETTER = "letter", pgettext_lazy("of a talk", "letter")
    ONLINE = "online", pgettext_lazy("of a talk", "chat or e-mail")
