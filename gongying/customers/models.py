from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.models import Dated, DatedQuerySet, Versioned
from gongying.common.text import initials, normalise, pinyin
from gongying.customers.enums import (
    ConsentPurpose,
    ContactKind,
    ContactPurpose,
    OccupancyKind,
    PartyKind,
    ProfileKind,
    RoleKind,
)
from gongying.estates.models import DatedPlaceQuerySet, ParkingSpace, PlacedModel, PlaceQuerySet, Project, Unit
from gongying.estates.scopes import scope_of

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """People and organisations with a role, past or present, in a place that the user serves."""
        scope = scope_of(user)
        if scope.everywhere:
            return self
        return self.filter(models.Exists(PartyRole.objects.filter(scope.condition(), party=models.OuterRef("pk"))))

    def live(self) -> Self:
        """Without those that were merged into another."""
        return self.filter(merged_into=None)


class Party(Versioned):
    """A person, company or agency that the company deals with: a customer is a party in a relationship."""

    event_kind = "customer"

    kind = models.CharField(_("kind"), max_length=10, choices=PartyKind.choices, default=PartyKind.PERSON)
    name = models.CharField(_("name"), max_length=100)
    form_of_address = models.CharField(_("form of address"), max_length=40, blank=True)
    # As people type names in a hurry: zhoujianhua, zjh. Derived by `set_keys`.
    pinyin = models.CharField(max_length=400, editable=False)
    initials = models.CharField(max_length=100, editable=False)
    name_key = models.CharField(max_length=100, editable=False)
    id_kind = models.CharField(_("kind of identity document"), max_length=30, blank=True)
    id_number = models.CharField(_("identity number"), max_length=40, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = PartyQuerySet.as_manager()

    class Meta:
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        indexes = [
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="party_name_trigram"),
            models.Index(OpClass("name_key", name="text_pattern_ops"), name="party_name_prefix"),
            models.Index(OpClass("pinyin", name="text_pattern_ops"), name="party_pinyin_prefix"),
            models.Index(OpClass("initials", name="text_pattern_ops"), name="party_initials_prefix"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="party_has_name"),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="party_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def set_keys(self) -> None:
        """The derived keys; bulk writers call this, `save` does it by itself."""
        self.name_key = normalise(self.name)[:100]
        self.pinyin = pinyin(self.name)[:400]
        self.initials = initials(self.name)[:100]


class Occupancy(PlacedModel, Dated, Versioned):
    """A household's or tenant's spell in a unit, from move-in to move-out (迁入/迁出)."""

    event_kind = "occupancy"

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupancies", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=20, choices=OccupancyKind.choices)
    head = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="headed_occupancies",
        verbose_name=_("head of household or tenant"),
    )
    # Several spells at once are allowed only where each of them is shared (合租).
    is_shared = models.BooleanField(_("shared flat"), default=False)
    leased_area_m2 = models.DecimalField(_("leased area (m²)"), max_digits=9, decimal_places=2, null=True, blank=True)

    objects = DatedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        constraints = [
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[("unit", RangeOperators.EQUAL), ("during", RangeOperators.OVERLAPS)],
                condition=models.Q(is_shared=False),
            ),
            models.CheckConstraint(
                condition=models.Q(leased_area_m2=None) | models.Q(leased_area_m2__gt=0),
                name="occupancy_leased_area_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.head or ''}".strip()


class PartyRoleQuerySet(DatedPlaceQuerySet):  # type: ignore[override]
    def owners(self) -> Self:
        return self.filter(role=RoleKind.OWNER)


class PartyRole(PlacedModel, Dated, Versioned):
    """What a party is to a unit or project, for a time. An owner's row carries the share (`Ownership`)."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="roles", verbose_name=_("customer"))
    role = models.CharField(_("role"), max_length=20, choices=RoleKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="roles", verbose_name=_("unit"))
    occupancy = models.ForeignKey(
        Occupancy, models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("household")
    )
    relation = models.CharField(_("relation"), max_length=30, blank=True, help_text=_("To the head of household"))
    share = models.DecimalField(
        _("ownership share"), max_digits=7, decimal_places=6, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)

    objects = PartyRoleQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        indexes = [models.Index(fields=["unit", "role"], name="party_role_of_unit")]
        constraints = [
            ExclusionConstraint(
                name="party_role_no_overlap",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    (models.functions.Coalesce("unit", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=models.Q(share=None) | models.Q(role=RoleKind.OWNER, share__gt=0, share__lte=1),
                name="share_is_of_owner",
            ),
            models.CheckConstraint(
                condition=~models.Q(role=RoleKind.OWNER) | models.Q(unit__isnull=False, share__isnull=False),
                name="owner_has_unit_and_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} {self.get_role_display()} {self.unit or self.project}"


class ContactPoint(Versioned):
    """A way to reach somebody. The value is normalised: E.164 for phones."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="contact_points", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices, default=ContactKind.PHONE)
    value = models.CharField(_("value"), max_length=200)
    label = models.CharField(_("label"), max_length=40, blank=True)
    # A number that came masked (138****1234) is kept but cannot be dialled.
    is_dialable = models.BooleanField(_("can be dialled"), default=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact point")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["value"], name="contact_point_value"),
            # The last four digits, as callers say them.
            models.Index(OpClass(Reverse("value"), name="text_pattern_ops"), name="contact_point_tail"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["party", "kind", "value"], name="contact_point_unique"),
            models.CheckConstraint(condition=~models.Q(value=""), name="contact_point_has_value"),
        ]

    def __str__(self) -> str:
        return self.value


class ContactPreference(models.Model):
    """Who of a household is the right person for a purpose, and by which contact point (R-047)."""

    occupancy = models.ForeignKey(Occupancy, models.CASCADE, related_name="preferences", verbose_name=_("household"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=ContactPurpose.choices)
    contact_point = models.ForeignKey(
        ContactPoint, models.CASCADE, related_name="preferences", verbose_name=_("contact point")
    )

    class Meta:
        verbose_name = _("contact preference")
        constraints = [models.UniqueConstraint(fields=["occupancy", "purpose"], name="contact_preference_unique")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.contact_point}"


class Consent(models.Model):
    party = models.ForeignKey(Party, models.CASCADE, related_name="consents", verbose_name=_("customer"))
    purpose = models.CharField(_("purpose"), max_length=20, choices=ConsentPurpose.choices)
    text_version = models.CharField(_("version of the text"), max_length=20)
    channel = models.CharField(_("channel"), max_length=20, help_text=_("How it was given: paper, phone, portal"))
    guardian = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("guardian"),
        help_text=_("Required for a child under 14"),
    )
    is_for_child = models.BooleanField(_("child under 14"), default=False)
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(withdrawn_at__gte=models.F("given_at")),
                name="consent_withdrawn_after_given",
            ),
            models.CheckConstraint(
                condition=models.Q(is_for_child=False) | models.Q(guardian__isnull=False),
                name="consent_of_child_needs_guardian",
            ),
            models.UniqueConstraint(
                fields=["party", "purpose"], condition=models.Q(withdrawn_at=None), name="consent_one_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_purpose_display()}"


class ProfileAttribute(models.Model):
    """An optional fact about a person, with source and consent (R-050)."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="profile", verbose_name=_("customer"))
    kind = models.CharField(_("kind"), max_length=20, choices=ProfileKind.choices)
    value = models.CharField(_("value"), max_length=100)
    source = models.CharField(_("source"), max_length=100)
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="attributes", verbose_name=_("consent"))

    class Meta:
        verbose_name = _("profile attribute")
        constraints = [models.UniqueConstraint(fields=["party", "kind"], name="profile_attribute_unique")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.value}"


class HeadcountRecord(Dated):
    """How many people a customer has in a project, for a time (R-036)."""

    party = models.ForeignKey(Party, models.CASCADE, related_name="headcounts", verbose_name=_("customer"))
    project = models.ForeignKey(Project, models.PROTECT, related_name="headcounts", verbose_name=_("project"))
    heads = models.PositiveIntegerField(_("heads"))

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("headcount")
        constraints = [
            ExclusionConstraint(
                name="headcount_no_overlap",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.heads}"


class Vehicle(PlacedModel, Dated, Versioned):
    """A car of a unit, found by its plate or the last four characters of it (E-039)."""

    plate = models.CharField(_("plate"), max_length=12)
    description = models.CharField(_("description"), max_length=60, blank=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("unit")
    )
    party = models.ForeignKey(Party, models.PROTECT, related_name="vehicles", verbose_name=_("keeper"))
    parking_space = models.ForeignKey(
        ParkingSpace, models.PROTECT, null=True, blank=True, related_name="vehicles", verbose_name=_("parking space")
    )

    objects = DatedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        indexes = [
            models.Index(OpClass("plate", name="text_pattern_ops"), name="vehicle_plate_prefix"),
            models.Index(OpClass(Reverse("plate"), name="text_pattern_ops"), name="vehicle_plate_tail"),
        ]
        constraints = [
            ExclusionConstraint(
                name="vehicle_no_overlap",
                expressions=[
                    ("plate", RangeOperators.EQUAL),
                    ("project", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return self.plate


class BalanceSnapshot(PlacedModel):
    """What a unit owed on a day, as imported from the fee system; read-only (E-045)."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="balances", verbose_name=_("unit"))
    item = models.CharField(_("fee item"), max_length=60)
    months = models.PositiveSmallIntegerField(_("months"))
    amount = models.DecimalField(_("amount (yuan)"), max_digits=14, decimal_places=2)
    as_of = models.DateField(_("as of"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance")
        constraints = [models.UniqueConstraint(fields=["unit", "item", "as_of"], name="balance_unique")]

    def __str__(self) -> str:
        return f"{self.unit} {self.item} {self.amount}"


class PartyMerge(models.Model):
    """Two files of one customer made one. `moved` lists every row that changed hands, so that it can be undone."""

    kept = models.ForeignKey(Party, models.PROTECT, related_name="merges_kept", verbose_name=_("kept"))
    merged = models.ForeignKey(Party, models.PROTECT, related_name="merges_merged", verbose_name=_("merged"))
    moved = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True)

    class Meta:
        verbose_name = _("merge")

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
