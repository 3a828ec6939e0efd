from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Versioned
from gongying.common.places import Place
from gongying.common.sealed import SealedField
from gongying.estates.models import Project
from gongying.events.models import Event
from gongying.group_chats.enums import MessageState, Provider, Topic

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_ADDRESS = 500
LONGEST_TEXT = 1_500
TAIL = 4


class GroupBotQuerySet(models.QuerySet["GroupBot"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(project__in=Project.objects.visible_to(user))

    def active(self) -> Self:
        return self.filter(is_active=True)

    def with_failures(self) -> Self:
        """With how many messages did not get through since the last one that did."""
        sent = GroupMessage.objects.filter(bot=models.OuterRef("pk"), state=MessageState.SENT).order_by("-pk")
        later = models.functions.Coalesce(models.Subquery(sent.values("pk")[:1]), 0)
        failed = models.Q(messages__state=MessageState.FAILED, messages__pk__gt=models.F("last_sent_id"))
        return self.annotate(last_sent_id=later).annotate(failures=models.Count("messages", filter=failed))

    def failing(self) -> Self:
        """Whose last messages did not get through: asked on every page of those who see to it."""
        of_bot = GroupMessage.objects.order_by().filter(bot=models.OuterRef("bot"), pk__gt=models.OuterRef("pk"))
        failed = GroupMessage.objects.order_by().filter(bot=models.OuterRef("pk"), state=MessageState.FAILED)
        return self.filter(models.Exists(failed.exclude(models.Exists(of_bot.filter(state=MessageState.SENT)))))


class GroupBot(Versioned):
    """The robot of a chat group of a project's staff. Its address is a secret: whoever has it can write to the group."""

    event_kind = "groupbot"
    failures: int  # set by `with_failures`

    project = models.ForeignKey(Project, models.PROTECT, related_name="group_bots", verbose_name=_("project"))
    name = models.CharField(_("group"), max_length=60)
    provider = models.CharField(_("chat program"), max_length=20, choices=Provider.choices)
    address = SealedField(_("webhook address"))
    signing_secret = SealedField(_("signing secret"), blank=True)
    topics = ArrayField(
        models.CharField(max_length=20, choices=Topic.choices),
        default=list,
        blank=True,
        verbose_name=_("says by itself"),
    )
    digest_at = models.TimeField(_("summary of the project at"), null=True, blank=True)
    digest_sent_on = models.DateField(_("last summary on"), null=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = GroupBotQuerySet.as_manager()

    class Meta:
        verbose_name = _("group bot")
        ordering = ["project", "name"]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="group_bot_named_once"),
            models.CheckConstraint(condition=models.Q(provider__in=Provider.values), name="group_bot_provider_known"),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.name}"

    @property
    def place(self) -> Place:
        return Place(self.project_id, None, None)

    @property
    def address_hint(self) -> str:
        """Enough to tell two addresses apart, too little to write to the group."""
        if not self.address:
            return str(_("unreadable since the installation's key changed: enter it again"))
        return f"{urlsplit(self.address).hostname} …{self.address[-TAIL:]}"

    @property
    def topics_in_words(self) -> list[Any]:
        return [Topic(topic).label for topic in self.topics]


class GroupMessage(models.Model):
    """An event of the journal is told in a group: beside `Notification` the other way in which people hear of it."""

    bot = models.ForeignKey(GroupBot, models.PROTECT, related_name="messages", verbose_name=_("group bot"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="group_messages", verbose_name=_("event"))
    text = models.TextField(_("text"), max_length=LONGEST_TEXT)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("sent by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt at"), null=True, default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    trouble = models.CharField(_("what went wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("message to a group")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["next_try_at"], name="group_message_due", condition=models.Q(state="waiting")),
            models.Index(fields=["bot", "-id"], name="group_message_of_bot"),
            models.Index(fields=["bot", "-id"], name="group_message_failed", condition=models.Q(state="failed")),
        ]
        constraints = [
            # However often it is tried to tell: once.
            models.UniqueConstraint(fields=["bot", "event"], name="group_message_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="group_message_has_text"),
            models.CheckConstraint(
                condition=models.Q(state=MessageState.SENT, sent_at__isnull=False, next_try_at=None)
                | models.Q(state=MessageState.WAITING, sent_at=None, next_try_at__isnull=False)
                | models.Q(state=MessageState.FAILED, sent_at=None, next_try_at=None),
                name="group_message_state_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]
