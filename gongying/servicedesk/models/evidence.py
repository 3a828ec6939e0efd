"""What the stages of a request produce: one row per fact, with who, when and why; kept as written."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import (
    ClosureGround,
    DecisionOutcome,
    NoticeChannel,
    Quality,
    RequestKind,
)
from gongying.servicedesk.guards import effect_guard, evidence_guards, keep_as_written
from gongying.servicedesk.policy_guards import follow_up_guard

STAGES = {"stages": "servicedesk_stageentry", "fk": "service_request_id"}
REQUEST = "servicedesk.ServiceRequest"
WORST_SCORE, BEST_SCORE = 1, 5
CONTENT_SCORE = 4


class Evidence(models.Model):
    """Said or done in one stage of a request."""

    service_request: Any = models.ForeignKey(
        REQUEST, models.PROTECT, related_name="%(class)ss", verbose_name=_("request")
    )
    stage: Any = models.ForeignKey("servicedesk.StageEntry", models.PROTECT, related_name="+", verbose_name=_("stage"))
    by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))

    class Meta:
        abstract = True
        ordering = ["id"]


class Answer(Evidence):
    """What was done or decided about the matter."""

    text = models.TextField(_("result"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("answer")
        constraints = [models.CheckConstraint(condition=~models.Q(text=""), name="answer_has_text")]
        triggers = evidence_guards("answer", **STAGES, given_in=["in_progress", "handling"])

    def __str__(self) -> str:
        return self.text[:40]


class ResultNotice(Evidence):
    """The customer was told the result: by which channel, when, in which words (R-200)."""

    channel = models.CharField(_("channel"), max_length=20, choices=NoticeChannel.choices)
    words = models.TextField(_("words"), max_length=LONGEST_TEXT)
    further_routes = models.TextField(_("further routes told"), max_length=LONGEST_TEXT, blank=True)

    class Meta(Evidence.Meta):
        verbose_name = _("notice of the result")
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="result_notice_has_words")]
        triggers = evidence_guards("resultnotice", **STAGES, given_in=["resolved", "handling"])

    def __str__(self) -> str:
        return self.words[:40]


def _mark(quality: Quality) -> "models.PositiveSmallIntegerField[int | None, int | None]":
    """1 to 5; mostly nobody asked for it."""
    return models.PositiveSmallIntegerField(quality.label, null=True)


class FollowUp(Evidence):
    """One attempt to ask: was it solved, how content, in the customer's words (R-201)."""

    reached = models.BooleanField(_("reached"))
    solved = models.BooleanField(_("solved"), null=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True)
    comment = models.TextField(_("comment"), max_length=LONGEST_TEXT, blank=True)
    fast = _mark(Quality.FAST)
    simple = _mark(Quality.SIMPLE)
    reliable = _mark(Quality.RELIABLE)
    valuable = _mark(Quality.VALUABLE)
    channel = models.CharField(
        _("channel"), max_length=20, choices=NoticeChannel.choices, blank=True, default="", db_default=""
    )

    class Meta(Evidence.Meta):
        verbose_name = _("follow-up")
        indexes = [models.Index(fields=["at", "id"], name="follow_up_by_time")]  # the register of a period
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reached=False, solved=None, score=None)
                | models.Q(reached=True, solved__isnull=False, score__range=(WORST_SCORE, BEST_SCORE)),
                name="follow_up_reached_has_answers",
            ),
            models.CheckConstraint(
                condition=models.Q(reached=True) | models.Q(**dict.fromkeys(Quality.values)),
                name="follow_up_marks_need_an_answer",
            ),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{quality: None})
                    | models.Q(**{f"{quality}__range": (WORST_SCORE, BEST_SCORE)}),
                    name=f"follow_up_{quality}_is_a_mark",
                )
                for quality in Quality.values
            ),
        ]
        triggers = [
            *evidence_guards("followup", **STAGES, given_in=["reported", "following_up"]),
            follow_up_guard(),
        ]

    def __str__(self) -> str:
        return str(self.score) if self.reached else str(_("not reached"))

    @property
    def is_content(self) -> bool:
        return bool(self.solved) and (self.score or 0) >= CONTENT_SCORE

    @property
    def is_lukewarm(self) -> bool:
        """Solved with a middling score: the supervisor decides."""
        return bool(self.solved) and self.score == CONTENT_SCORE - 1


class FollowUpDecision(Evidence):
    """What the supervisor decided about a lukewarm follow-up."""

    follow_up = models.OneToOneField(FollowUp, models.PROTECT, related_name="decision", verbose_name=_("follow-up"))
    outcome = models.CharField(_("decision"), max_length=20, choices=DecisionOutcome.choices)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("decision on a follow-up")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="follow_up_decision_has_reason")]
        triggers = evidence_guards("followupdecision", **STAGES, given_in=["reported", "following_up"])

    def __str__(self) -> str:
        return self.get_outcome_display()


class Closure(Evidence):
    ground = models.CharField(_("ground"), max_length=20, choices=ClosureGround.choices)
    note = models.TextField(_("note"), max_length=LONGEST_TEXT, blank=True)

    class Meta(Evidence.Meta):
        verbose_name = _("closure")
        triggers = [
            *evidence_guards("closure", **STAGES, given_in=["reported", "improving"]),
            effect_guard("closure", **STAGES, leads_to=["closed"]),
        ]

    def __str__(self) -> str:
        return self.get_ground_display()


class Reopening(Evidence):
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("reopening")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="reopening_has_reason")]
        triggers = [
            *evidence_guards("reopening", **STAGES, given_in=["closed"]),
            effect_guard("reopening", **STAGES, leads_to=["in_progress", "handling"]),
        ]

    def __str__(self) -> str:
        return self.reason[:40]


class Cancellation(Evidence):
    asked_by = models.CharField(_("who asked for it"), max_length=100)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("cancellation")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(asked_by=""), name="cancellation_says_who_and_why"
            )
        ]
        triggers = [
            *evidence_guards("cancellation", **STAGES, given_in=["registered", "accepted", "in_progress"]),
            effect_guard("cancellation", **STAGES, leads_to=["cancelled"]),
        ]

    def __str__(self) -> str:
        return self.reason[:40]


class Rejection(Evidence):
    """The company does not take the matter on; the explanation is what the customer was told."""

    explanation = models.TextField(_("explanation told"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("rejection")
        constraints = [models.CheckConstraint(condition=~models.Q(explanation=""), name="rejection_has_explanation")]
        triggers = [
            *evidence_guards("rejection", **STAGES, given_in=["registered"]),
            effect_guard("rejection", **STAGES, leads_to=["rejected"]),
        ]

    def __str__(self) -> str:
        return self.explanation[:40]


class Merge(Evidence):
    """The same matter as another request, which goes on for both callers."""

    into = models.ForeignKey(REQUEST, models.PROTECT, related_name="merged_here", verbose_name=_("merged into"))

    class Meta(Evidence.Meta):
        verbose_name = _("merge of requests")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(into=models.F("service_request")), name="request_not_merged_into_itself"
            )
        ]
        triggers = [
            *evidence_guards("merge", **STAGES, given_in=["registered", "accepted", "in_progress"]),
            effect_guard("merge", **STAGES, leads_to=["merged"]),
        ]

    def __str__(self) -> str:
        return f"→ {self.into}"


class KindChange(Evidence):
    """Conversion between kinds keeps its history (R-204)."""

    from_kind = models.CharField(_("from"), max_length=20, choices=RequestKind.choices)
    to_kind = models.CharField(_("to"), max_length=20, choices=RequestKind.choices)
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)

    class Meta(Evidence.Meta):
        verbose_name = _("change of kind")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="kind_change_has_reason")]
        triggers = keep_as_written("kindchange")

    def __str__(self) -> str:
        return f"{self.get_from_kind_display()} → {self.get_to_kind_display()}"
