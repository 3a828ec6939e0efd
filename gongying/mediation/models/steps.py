"""What was done in a case: sessions, agreements, whether they are kept, to whom it was passed on."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.machines import append_only
from gongying.mediation.enums import Body
from gongying.mediation.models.cases import LONGEST_NAME, LONGEST_TEXT, MediationCase, Side

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser

LONGEST_WORD = 500


class MediationSession(models.Model):
    """The sides sat together, or one of them talked with the mediator."""

    case = models.ForeignKey(MediationCase, models.PROTECT, related_name="sessions", verbose_name=_("mediation case"))
    began_at = models.DateTimeField(pgettext_lazy("of a session", "began at"))
    ended_at = models.DateTimeField(pgettext_lazy("of a session", "ended at"), null=True)
    venue = models.CharField(_("place"), max_length=LONGEST_NAME, blank=True)
    # Who of the sides sat there is kept by name as well: `present` says which, `others` who came besides.
    others = models.CharField(_("others present"), max_length=LONGEST_WORD, blank=True)
    record = models.TextField(_("record"), max_length=LONGEST_TEXT)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("mediation session")
        ordering = ["began_at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(record=""), name="mediation_session_has_record"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")),
                name="mediation_session_ends_after_it_begins",
            ),
        ]
        triggers = append_only("mediation_session")

    def __str__(self) -> str:
        return f"{timezone.localtime(self.began_at):%Y-%m-%d %H:%M}"


class Attendance(models.Model):
    """A side was there, itself or by somebody it sent."""

    session = models.ForeignKey(
        MediationSession, models.PROTECT, related_name="present", verbose_name=_("mediation session")
    )
    side = models.ForeignKey(Side, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("of a dispute", "side"))

    class Meta:
        verbose_name = pgettext_lazy("of a session", "attendance")
        constraints = [models.UniqueConstraint(fields=["session", "side"], name="mediation_attendance_once")]
        triggers = append_only("mediation_attendance")

    def __str__(self) -> str:
        return str(self.side)


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def visible_to(self, user: "AnyUser") -> Self:
        return self.filter(case__in=MediationCase.objects.visible_to(user).order_by().values("pk"))


class Agreement(models.Model):
    """What the sides agreed on, signed by each: by hand on the screen, or on a paper whose photo is kept."""

    event_kind = "mediationagreement"

    case = models.ForeignKey(MediationCase, models.PROTECT, related_name="agreements", verbose_name=_("mediation case"))
    text = models.TextField(_("agreement"), max_length=LONGEST_TEXT)
    check_on = models.DateField(_("asked after on"))
    filed_under = models.CharField(_("signed original, filed under"), max_length=LONGEST_NAME, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="mediation_agreement_has_text")]
        triggers = append_only("mediation_agreement")

    def __str__(self) -> str:
        return self.text[:40]


class AgreementCheck(models.Model):
    """Whether an agreement is kept, as one found out on a day."""

    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="check_row", verbose_name=_("agreement"))
    is_kept = models.BooleanField(_("is kept"))
    word = models.CharField(_("how one knows"), max_length=LONGEST_WORD)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("check of an agreement")
        triggers = append_only("mediation_agreement_check")

    def __str__(self) -> str:
        return self.word


class Referral(models.Model):
    """We could not help: who goes on with it, outside."""

    case = models.OneToOneField(
        MediationCase, models.PROTECT, related_name="referral", verbose_name=_("mediation case")
    )
    body = models.CharField(_("passed on to"), max_length=20, choices=Body.choices)
    name = models.CharField(_("office and person"), max_length=LONGEST_NAME, blank=True)
    word = models.CharField(_("why, and what goes with it"), max_length=LONGEST_WORD)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("referral")
        constraints = [models.CheckConstraint(condition=Q(body__in=Body.values), name="mediation_referral_body_known")]
        triggers = append_only("mediation_referral")

    def __str__(self) -> str:
        told: Any = self.get_body_display()
        return f"{told} {self.name}".strip()
