from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DayKind(models.TextChoices):
    """What a day is that the weekday alone does not tell."""

    HOLIDAY = "holiday", _("free day")
    MAKE_UP = "make_up", _("working day")


class Weekday(models.IntegerChoices):
    """As Python counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class EventKind(models.TextChoices):
    """What somebody has planned (R-242 to R-246)."""

    APPOINTMENT = "appointment", _("appointment")
    MEETING = "meeting", pgettext_lazy("of a plan", "meeting")
    ACTIVITY = "activity", pgettext_lazy("of a plan", "activity")
    CALL = "call", pgettext_lazy("of a plan", "phone call")
    EMAIL = "email", pgettext_lazy("of a plan", "e-mail")
    FAX = "fax", _("fax")


class EventState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("of a plan", "planned")
    CANCELLED = "cancelled", pgettext_lazy("of a plan", "cancelled")


class Answer(models.TextChoices):
    """What somebody says to an invitation."""

    NONE = "none", _("not answered yet")
    ACCEPTED = "accepted", pgettext_lazy("of an invitation", "accepted")
    TENTATIVE = "tentative", _("perhaps")
    DECLINED = "declined", pgettext_lazy("of an invitation", "declined")


class ResourceKind(models.TextChoices):
    ROOM = "room", _("meeting room")
    VEHICLE = "vehicle", _("company car")


class Repeats(models.TextChoices):
    """How often, as people choose it."""

    ONCE = "", _("does not repeat")
    DAILY = "daily", _("every day")
    WORKDAYS = "workdays", _("Monday to Friday")
    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month on this day")
    NTH_WEEKDAY = "nth_weekday", _("every month on this weekday")
    YEARLY = "yearly", _("every year")
    OTHER = "other", _("as it is now")


class Scope(models.TextChoices):
    """Of something that repeats: what is meant. What is over stays as it was."""

    THIS = "this", _("only this time")
    FOLLOWING = "following", _("this and the following")
    ALL = "all", _("all that are not over")


class TaskPriority(models.IntegerChoices):
    """As calendars everywhere count (RFC 5545): the smaller, the sooner."""

    HIGH = 1, pgettext_lazy("of a task", "important")
    NORMAL = 5, pgettext_lazy("of a task", "normal")
    LOW = 9, pgettext_lazy("of a task", "when there is time")


class MailMethod(models.TextChoices):
    """What a letter with a calendar file says (RFC 5546)."""

    REQUEST = "REQUEST", _("invitation")
    CANCEL = "CANCEL", _("cancellation")
