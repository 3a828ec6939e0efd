"""The keys that a project keeps for others, and who has which of them (E-041)."""

from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.guards import Guard, refuse_when
from gongying.common.machines import keep_rows
from gongying.common.models import Versioned
from gongying.custody.enums import KeyEnding, KeyKind
from gongying.estates.models import PlacedModel, PlaceQuerySet, Unit
from gongying.organization.models import StaffMember

if TYPE_CHECKING:
    from gongying.common.places import Place
    from gongying.estates.models import AnyUser

LONGEST_TAG = 20
LONGEST_NOTE = 200
LONGEST_BORROWER = 60
MOST_ON_A_RING = 50
ONE_LOAN_AT_A_TIME = "key_loan_one_at_a_time"
LENT = models.Func("lent_at", "returned_at", RangeBoundary(), function="tstzrange", output_field=DateTimeRangeField())
RETURNED_ONCE = refuse_when("OLD.returned_at IS NOT NULL", "key_loan: a key is returned once")


class KeyQuerySet(PlaceQuerySet):
    def kept(self) -> Self:
        """Still in the register, be they lent or not."""
        return self.filter(ended_at=None)

    def lent(self) -> Self:
        return self.filter(models.Exists(KeyLoan.objects.open().filter(key=models.OuterRef("pk"))))

    def at_hand(self) -> Self:
        return self.kept().exclude(models.Exists(KeyLoan.objects.open().filter(key=models.OuterRef("pk"))))

    def overdue(self) -> Self:
        return self.filter(models.Exists(KeyLoan.objects.overdue().filter(key=models.OuterRef("pk"))))

    def for_list(self) -> Self:
        """With the open loan of each as `open_loans`."""
        loans = KeyLoan.objects.open().select_related("borrower__user")
        return self.select_related("project", "unit").prefetch_related(
            models.Prefetch("loans", loans, to_attr="open_loans")
        )


class Key(PlacedModel, Versioned):
    """A key, or a ring of them, on its hook: the number on the tag is its name."""

    event_kind = "key"

    kind = models.CharField(_("kind"), max_length=10, choices=KeyKind.choices)
    tag = models.CharField(_("number on the tag"), max_length=LONGEST_TAG)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="keys", verbose_name=_("unit"))
    opens = models.CharField(_("what it opens"), max_length=LONGEST_NOTE, blank=True)
    number_of_keys = models.PositiveSmallIntegerField(_("keys on the ring"), default=1)
    entrusted_by = models.CharField(_("entrusted by"), max_length=LONGEST_BORROWER, blank=True)
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("a key", "received by")
    )
    ended_at = models.DateTimeField(_("taken out of the register at"), null=True)
    ending = models.CharField(
        _("why it is in the register no more"), max_length=12, choices=KeyEnding.choices, blank=True
    )

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("of a door", "key")
        ordering = ["project", "tag", "id"]
        indexes = [
            models.Index(fields=["project", "tag", "id"], name="key_register"),
            models.Index(fields=["unit"], name="key_of_unit", condition=Q(ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "tag"], name="key_tag_unique", condition=Q(ended_at=None)),
            models.CheckConstraint(condition=Q(kind__in=KeyKind.values), name="key_kind_known"),
            models.CheckConstraint(condition=~Q(tag=""), name="key_has_tag"),
            models.CheckConstraint(
                condition=Q(kind=KeyKind.PUBLIC, unit=None) & ~Q(opens="")
                | ~Q(kind=KeyKind.PUBLIC) & Q(unit__isnull=False),
                name="key_opens_something",
            ),
            models.CheckConstraint(
                condition=Q(number_of_keys__gte=1, number_of_keys__lte=MOST_ON_A_RING), name="key_number_usual"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False, ending__in=KeyEnding.values),
                name="key_ends_for_a_reason",
            ),
        ]
        triggers = keep_rows("key")

    def __str__(self) -> str:
        return f"{self.tag} {self.door}"

    @property
    def door(self) -> str:
        """What it opens, in words."""
        return " ".join(part for part in (self.unit.code if self.unit else "", self.opens) if part)

    @property
    def loan(self) -> "KeyLoan | None":
        """Who has it now; of a list without asking again."""
        if "open_loans" in self.__dict__:
            return next(iter(self.__dict__["open_loans"]), None)
        return KeyLoan.objects.open().filter(key=self).select_related("borrower__user").first()


class KeyLoanQuerySet(models.QuerySet["KeyLoan"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """Whoever sees the key."""
        return self.filter(key__in=Key.objects.visible_to(user).order_by().values("pk"))

    def open(self) -> Self:
        return self.filter(returned_at=None)

    def overdue(self) -> Self:
        return self.open().filter(due_at__lt=timezone.now())

    def in_project(self, project_id: int) -> Self:
        return self.filter(key__project=project_id)

    def for_page(self) -> Self:
        return self.select_related("key__unit", "key__project", "borrower__user", "lent_by", "returned_to")


class KeyLoan(models.Model):
    """Somebody has the key, from a moment to another; the database lets nobody else have it meanwhile."""

    event_kind = "keyloan"

    key = models.ForeignKey(Key, models.PROTECT, related_name="loans", verbose_name=pgettext_lazy("of a door", "key"))
    # A colleague; or somebody from outside, by name and telephone.
    borrower = models.ForeignKey(
        StaffMember, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("colleague")
    )
    borrower_name = models.CharField(_("name"), max_length=LONGEST_BORROWER, blank=True)
    borrower_phone = models.CharField(_("phone"), max_length=20, blank=True)
    reason = models.CharField(_("what for"), max_length=LONGEST_NOTE)
    lent_by: Any = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("lent by")
    )
    lent_at = models.DateTimeField(_("lent at"), default=timezone.now)
    due_at = models.DateTimeField(_("due back at"))
    # When people were told that it is not back; a new time due forgets it.
    overdue_told_at = models.DateTimeField(_("told that it is late at"), null=True)
    returned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("returned to")
    )
    returned_at = models.DateTimeField(_("returned at"), null=True)
    return_note = models.CharField(_("note on the return"), max_length=LONGEST_NOTE, blank=True)

    objects = KeyLoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan of a key")
        ordering = ["-lent_at", "-id"]
        indexes = [
            models.Index(fields=["key", "-lent_at", "-id"], name="key_loan_newest"),
            models.Index(fields=["due_at"], name="key_loan_due", condition=Q(returned_at=None)),
        ]
        constraints = [
            ExclusionConstraint(
                name=ONE_LOAN_AT_A_TIME,
                expressions=[("key", RangeOperators.EQUAL), (LENT, RangeOperators.OVERLAPS)],
            ),
            models.CheckConstraint(
                condition=Q(borrower__isnull=False) | ~Q(borrower_name=""), name="key_loan_has_borrower"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="key_loan_has_reason"),
            models.CheckConstraint(condition=Q(due_at__gt=F("lent_at")), name="key_loan_due_after_lent"),
            models.CheckConstraint(
                condition=Q(returned_at=None, returned_to=None)
                | Q(returned_at__gte=F("lent_at"), returned_to__isnull=False),
                name="key_loan_returned_to_somebody",
            ),
        ]
        triggers = [
            *keep_rows("key_loan"),
            Guard(
                name="key_loan_returned_once",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=f"{RETURNED_ONCE} RETURN NEW;",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.holder}"

    @property
    def holder(self) -> str:
        return str(self.borrower) if self.borrower else self.borrower_name

    @property
    def place(self) -> "Place":
        return self.key.place

    @property
    def is_overdue(self) -> bool:
        return self.returned_at is None and self.due_at < timezone.now()
