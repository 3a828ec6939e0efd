"""Guests of a household or an office: announced, agreed to by whom they visit, in and out once (R-153)."""

from datetime import datetime, time, timedelta
from typing import Self

import pgtrigger
from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.custody.enums import Confirmation, GuestPurpose, GuestState
from gongying.custody.models.gate_passes import LONGEST_PERSON, LONGEST_PLATE, GatePass, GatePassQuerySet
from gongying.estates.models import Unit

LONGEST_BRINGS = 200
MOST_PERSONS = 200
# Who comes somewhat early is let in all the same.
EARLY = timedelta(hours=1)
SALT = "custody.guest-pass"
UNSETTLED = Q(left_at=None, voided_at=None)
NOT_COME = Q(came_at=None, voided_at=None)
SETTLED_ONCE = "".join(
    [
        refuse_when(
            "OLD.left_at IS NOT NULL OR OLD.voided_at IS NOT NULL", "guest_pass: a guest comes and leaves once"
        ),
        refuse_when(
            "OLD.came_at IS NOT NULL AND NEW.came_at IS DISTINCT FROM OLD.came_at", "guest_pass: a guest came in once"
        ),
    ]
)


class GuestPassQuerySet(GatePassQuerySet):
    def unsettled(self) -> Self:
        """Neither gone nor withdrawn; their time may be over."""
        return self.filter(UNSETTLED)

    def expected(self) -> Self:
        """Not here yet, and may still come."""
        return self.filter(NOT_COME, valid_until__gte=timezone.now())

    def in_house(self) -> Self:
        return self.filter(came_at__isnull=False, left_at=None)

    def settled(self) -> Self:
        return self.exclude(NOT_COME, valid_until__gte=timezone.now()).exclude(came_at__isnull=False, left_at=None)

    def for_page(self) -> Self:
        return self.select_related("project", "unit", "announced_by", "confirmed_to", "let_in_by", "voided_by")


class GuestPass(GatePass):
    """Who comes to whom, when, with what; somebody of the house agreed before the gate lets anybody in."""

    event_kind = "guestpass"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="guest_passes", verbose_name=_("unit"))
    name = models.CharField(pgettext_lazy("of a person", "name of the guest"), max_length=LONGEST_PERSON)
    phone = models.CharField(_("phone of the guest"), max_length=20, blank=True)
    persons = models.PositiveSmallIntegerField(_("how many come"), default=1)
    purpose = models.CharField(_("why they come"), max_length=12, choices=GuestPurpose.choices)
    brings = models.CharField(_("what they bring along"), max_length=LONGEST_BRINGS, blank=True)
    plate = models.CharField(_("plate"), max_length=LONGEST_PLATE, blank=True)
    expected_at = models.DateTimeField(pgettext_lazy("a guest", "expected at"))
    valid_until = models.DateTimeField(pgettext_lazy("a guest", "may come until"))
    announced_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("a guest", "entered by")
    )
    announced_at = models.DateTimeField(pgettext_lazy("a guest", "entered at"), default=timezone.now)
    confirmed_by = models.CharField(_("who of the house agreed"), max_length=LONGEST_PERSON, blank=True)
    confirmation = models.CharField(_("how it was confirmed"), max_length=12, choices=Confirmation.choices, blank=True)
    confirmed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who asked them")
    )
    came_at = models.DateTimeField(pgettext_lazy("a guest", "came at"), null=True)
    let_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("let in by")
    )
    left_at = models.DateTimeField(pgettext_lazy("a guest", "left at"), null=True)

    objects = GuestPassQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        ordering = ["-expected_at", "-id"]
        indexes = [
            models.Index(fields=["project", "-expected_at", "-id"], name="guest_pass_newest"),
            models.Index(fields=["unit", "-expected_at"], name="guest_pass_of_unit"),
            models.Index(fields=["project", "came_at"], name="guest_pass_in_house", condition=Q(left_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "code"], name="guest_pass_code_unique", condition=UNSETTLED),
            models.CheckConstraint(
                condition=~Q(name="") & Q(persons__range=(1, MOST_PERSONS), purpose__in=GuestPurpose.values),
                name="guest_pass_says_who",
            ),
            models.CheckConstraint(condition=Q(valid_until__gte=F("expected_at")), name="guest_pass_ends_after_start"),
            models.CheckConstraint(
                condition=Q(confirmed_by="", confirmation="", confirmed_to=None)
                | ~Q(confirmed_by="") & Q(confirmation__in=Confirmation.values, confirmed_to__isnull=False),
                name="guest_pass_confirmed_somehow",
            ),
            models.CheckConstraint(
                condition=Q(came_at=None, let_in_by=None, left_at=None)
                | Q(came_at__isnull=False, let_in_by__isnull=False, voided_at=None) & ~Q(confirmed_by=""),
                name="guest_pass_in_when_agreed_to",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=F("came_at")), name="guest_pass_left_after_coming"
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | Q(voided_at__gte=F("announced_at"), voided_by__isnull=False) & ~Q(void_reason=""),
                name="guest_pass_withdrawn_for_a_reason",
            ),
        ]
        triggers = [
            *keep_rows("guest_pass"),
            Guard(
                name="guest_pass_settled_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{SETTLED_ONCE} RETURN NEW;",
            ),
        ]

    @property
    def state(self) -> GuestState:
        now = timezone.now()
        if self.voided_at is not None:
            return GuestState.VOID
        if self.left_at is not None:
            return GuestState.GONE
        if self.came_at is not None:
            return GuestState.IN_HOUSE
        if self.valid_until < now:
            return GuestState.EXPIRED
        if not self.confirmed_by:
            return GuestState.UNCONFIRMED
        return GuestState.COMING if self.opens_at > now else GuestState.EXPECTED

    @property
    def opens_at(self) -> datetime:
        return self.expected_at - EARLY

    @property
    def is_all_day(self) -> bool:
        """At no hour of that day: nobody comes at midnight."""
        return timezone.localtime(self.expected_at).time() == time.min

    @property
    def is_expected(self) -> bool:
        return self.state == GuestState.EXPECTED

    @property
    def is_in_house(self) -> bool:
        return self.came_at is not None and self.left_at is None

    @property
    def has_not_come(self) -> bool:
        return self.came_at is None and self.voided_at is None

    @property
    def may_still_come(self) -> bool:
        return self.has_not_come and self.valid_until >= timezone.now()

    @property
    def tone(self) -> str:
        """In which the state is shown."""
        tones = {
            GuestState.EXPECTED: "good",
            GuestState.IN_HOUSE: "here",
            GuestState.COMING: "soon",
            GuestState.UNCONFIRMED: "late",
        }
        return tones.get(self.state, "")


def guest_token(guest: GuestPass) -> str:
    """What the guest's own link carries: which pass, signed. The row says how long it holds."""
    return signing.dumps(guest.pk, salt=SALT)


def guest_of_token(token: str) -> GuestPass | None:
    """The pass of a link that we signed, until its time is over."""
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return GuestPass.objects.filter(pk=pk, valid_until__gte=timezone.now()).select_related("project").first()
