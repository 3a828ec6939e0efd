from django.db import models
from django.utils.translation import gettext_lazy as _


class Provider(models.TextChoices):
    """Whose group it is: each wants its own JSON."""

    WECOM = "wecom", _("WeCom")
    DINGTALK = "dingtalk", _("DingTalk")
    FEISHU = "feishu", _("Feishu")


class Topic(models.TextChoices):
    """What a bot says by itself."""

    URGENT = "urgent", _("urgent requests")
    COMPLAINT = "complaint", _("complaints")
    FAULT = "fault", _("public faults and their end")
    OVERDUE = "overdue", _("what is overdue")


class MessageState(models.TextChoices):
    WAITING = "waiting", _("waiting to be sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("not sent")
