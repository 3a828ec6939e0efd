from django.db import models
from django.utils.translation import gettext_lazy as _


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
