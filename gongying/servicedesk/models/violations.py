"""Illegal acts in the area: who did it, how it was dissuaded, what was reported to which authority, how it ended (E-025)."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import keep_rows
from gongying.interactions.models import LONGEST_TEXT
from gongying.servicedesk.enums import DissuasionWay, ViolationOutcome
from gongying.servicedesk.guards import evidence_guards, keep_as_written
from gongying.servicedesk.models.evidence import STAGES, Evidence
from gongying.servicedesk.models.requests import ServiceRequest


class ViolationDetails(models.Model):
    """What a request of this kind has beside the others."""

    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, related_name="violation", verbose_name=_("request")
    )
    # As far as anybody knows: the one who calls is somebody else.
    violator = models.CharField(pgettext_lazy("of a violation", "who does it"), max_length=100, blank=True)
    # The last one of the same place and category before: the same again, after it had ended.
    recurrence_of = models.ForeignKey(
        ServiceRequest, models.PROTECT, null=True, related_name="recurrences", verbose_name=_("recurrence of")
    )

    class Meta:
        verbose_name = _("details of a violation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(recurrence_of=None) | ~models.Q(recurrence_of=models.F("service_request")),
                name="violation_does_not_recur_to_itself",
            )
        ]
        triggers = keep_rows("violationdetails")

    def __str__(self) -> str:
        return self.violator or str(self.service_request)


class Dissuasion(Evidence):
    """Somebody spoke to whoever does it, or looked again: when (`at`), how, in which words, and was it heeded."""

    way = models.CharField(_("how"), max_length=20, choices=DissuasionWay.choices)
    words = models.TextField(_("words"), max_length=LONGEST_TEXT)
    heeded = models.BooleanField(_("heeded"))

    class Meta(Evidence.Meta):
        verbose_name = _("dissuasion")
        constraints = [
            models.CheckConstraint(condition=~models.Q(words=""), name="dissuasion_has_words"),
            models.CheckConstraint(condition=models.Q(way__in=DissuasionWay.values), name="dissuasion_way_known"),
        ]
        triggers = evidence_guards("dissuasion", **STAGES, given_in=["in_progress"])

    def __str__(self) -> str:
        return self.words[:40]


class AuthorityReport(Evidence):
    """Told to the authority that may enforce it: which one, when (`at`), its number, and was the owners' committee told."""

    authority = models.CharField(pgettext_lazy("of a violation", "authority"), max_length=100)
    words = models.TextField(_("words"), max_length=LONGEST_TEXT)
    number = models.CharField(_("number at the authority"), max_length=60, blank=True)
    committee_told = models.BooleanField(_("owners' committee told"), default=False)

    class Meta(Evidence.Meta):
        verbose_name = _("report to the authority")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(authority="") & ~models.Q(words=""), name="authority_report_says_whom_and_what"
            )
        ]
        triggers = evidence_guards("authorityreport", **STAGES, given_in=["in_progress"])

    def __str__(self) -> str:
        return f"{self.authority} {self.number}".strip()


class AuthorityAnswer(models.Model):
    """What the authority said or did; it may come long after the case was passed on and ended."""

    report = models.ForeignKey(
        AuthorityReport, models.PROTECT, related_name="replies", verbose_name=_("report to the authority")
    )
    number = models.CharField(_("number at the authority"), max_length=60, blank=True)
    words = models.TextField(pgettext_lazy("of a violation", "answer"), max_length=LONGEST_TEXT)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("answer of the authority")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="authority_answer_has_words")]
        triggers = keep_as_written("authorityanswer")

    def __str__(self) -> str:
        return self.words[:40]


class Conclusion(Evidence):
    """How a violation ended; nothing else lets its handling end (`conditions`)."""

    outcome = models.CharField(_("outcome"), max_length=20, choices=ViolationOutcome.choices)

    class Meta(Evidence.Meta):
        verbose_name = _("end of a violation")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=ViolationOutcome.values), name="conclusion_outcome_known"
            )
        ]
        triggers = evidence_guards("conclusion", **STAGES, given_in=["in_progress"])

    def __str__(self) -> str:
        return self.get_outcome_display()
