from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.machines import append_only


class Event(models.Model):
    """Something that happened: who did what, when, and where. Never changed, never deleted.

    The place ids have no foreign keys: the journal knows no business and outlives what it speaks of.
    """

    verb = models.CharField(_("verb"), max_length=60, help_text=_("Past tense, e.g. request.closed"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("actor"), related_name="events"
    )
    # When it happened, and when it was entered (spec E-049).
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(_("recorded at"), default=timezone.now)
    project_id = models.BigIntegerField(null=True)
    building_id = models.BigIntegerField(null=True)
    entrance_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("event")
        triggers = append_only("event")

    def __str__(self) -> str:
        return f"{self.verb} {self.at:%Y-%m-%d %H:%M}"


class EventSubjectQuerySet(models.QuerySet["EventSubject"]):
    def of(self, *things: models.Model) -> Self:
        """Entries of one timeline: an index range, newest first."""
        condition = models.Q()
        for thing in things:
            condition |= models.Q(kind=kind_of(thing), object_id=thing.pk)
        return self.filter(condition)


class EventSubject(models.Model):
    """What an event is about. A timeline is an index range over these rows."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="subjects")
    kind = models.CharField(max_length=30)
    object_id = models.BigIntegerField()
    at = models.DateTimeField()

    objects = EventSubjectQuerySet.as_manager()

    class Meta:
        verbose_name = _("event subject")
        indexes = [models.Index(fields=["kind", "object_id", "-at", "-id"], name="timeline")]
        triggers = append_only("event_subject")

    def __str__(self) -> str:
        return f"{self.kind}-{self.object_id}"


def kind_of(thing: models.Model | type[models.Model]) -> str:
    """The word by which timelines and pushes call a row: `unit`, `servicerequest`, or the model's own `event_kind`."""
    kind: Any = getattr(thing, "event_kind", None) or thing._meta.model_name
    return str(kind)


def subject_key(thing: models.Model) -> str:
    return f"{kind_of(thing)}-{thing.pk}"
