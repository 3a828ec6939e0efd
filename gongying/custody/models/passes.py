"""Release passes: things leave the estate with the household's word, once (E-042)."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.custody.enums import Confirmation, PassState
from gongying.custody.models.gate_passes import LONGEST_PERSON, LONGEST_PLATE, GatePass, GatePassQuerySet
from gongying.estates.models import Unit

LONGEST_ITEMS = 1_000
UNSETTLED = Q(used_at=None, voided_at=None)
SETTLED_ONCE = refuse_when(
    "OLD.used_at IS NOT NULL OR OLD.voided_at IS NOT NULL", "release_pass: a pass is used or withdrawn once"
)


class ReleasePassQuerySet(GatePassQuerySet):
    def unsettled(self) -> "ReleasePassQuerySet":
        """Neither used nor withdrawn; their last day may be over."""
        return self.filter(UNSETTLED)

    def usable(self) -> "ReleasePassQuerySet":
        return self.unsettled().filter(valid_until__gte=timezone.localdate())

    def settled(self) -> "ReleasePassQuerySet":
        return self.exclude(UNSETTLED, valid_until__gte=timezone.localdate())

    def for_page(self) -> "ReleasePassQuerySet":
        return self.select_related("project", "unit", "issued_by", "used_by", "voided_by")


class ReleasePass(GatePass):
    """What leaves, with whom, and who of the household agreed. Arrears are shown to the desk and never a reason to refuse."""

    event_kind = "releasepass"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="release_passes", verbose_name=_("unit"))
    items = models.TextField(_("what leaves"), max_length=LONGEST_ITEMS)
    carrier = models.CharField(_("carrier"), max_length=LONGEST_PERSON, blank=True)
    carrier_phone = models.CharField(_("phone of the carrier"), max_length=20, blank=True)
    plate = models.CharField(_("plate"), max_length=LONGEST_PLATE, blank=True)
    valid_from = models.DateField(pgettext_lazy("a pass", "valid from"))
    valid_until = models.DateField(pgettext_lazy("a pass", "valid until"))
    confirmed_by = models.CharField(_("who of the household agreed"), max_length=LONGEST_PERSON)
    confirmation = models.CharField(_("how it was confirmed"), max_length=12, choices=Confirmation.choices)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"), default=timezone.now)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("let out by")
    )
    used_at = models.DateTimeField(_("let out at"), null=True)

    objects = ReleasePassQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("goods", "release pass")
        ordering = ["-issued_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-issued_at", "-id"], name="release_pass_newest"),
            models.Index(fields=["unit", "-issued_at"], name="release_pass_of_unit"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="release_pass_code_unique", condition=UNSETTLED),
            models.CheckConstraint(condition=~Q(items="") & ~Q(confirmed_by=""), name="release_pass_is_confirmed"),
            models.CheckConstraint(condition=Q(confirmation__in=Confirmation.values), name="release_pass_how_known"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="release_pass_ends_after_start"),
            models.CheckConstraint(
                condition=Q(used_at=None, used_by=None)
                | Q(used_at__gte=F("issued_at"), used_by__isnull=False, voided_at=None),
                name="release_pass_used_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | Q(voided_at__gte=F("issued_at"), voided_by__isnull=False) & ~Q(void_reason=""),
                name="release_pass_withdrawn_for_a_reason",
            ),
        ]
        triggers = [
            *keep_rows("release_pass"),
            Guard(
                name="release_pass_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{SETTLED_ONCE} RETURN NEW;",
            ),
        ]

    @property
    def state(self) -> PassState:
        today = timezone.localdate()
        if self.used_at is not None:
            return PassState.USED
        if self.voided_at is not None:
            return PassState.VOID
        if self.valid_until < today:
            return PassState.EXPIRED
        return PassState.COMING if self.valid_from > today else PassState.VALID

    @property
    def is_valid(self) -> bool:
        return self.state == PassState.VALID

    @property
    def tone(self) -> str:
        """In which the state is shown."""
        return {PassState.VALID: "good", PassState.COMING: "soon", PassState.EXPIRED: "late"}.get(self.state, "")
