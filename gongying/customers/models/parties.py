from typing import TYPE_CHECKING, Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.guards import Guard
from gongying.common.models import Versioned
from gongying.common.text import initials, normalise, pinyin
from gongying.customers.enums import PartyKind
from gongying.estates.scopes import scope_of

if TYPE_CHECKING:
    from gongying.estates.models import AnyUser


class PartyQuerySet(models.QuerySet["Party"]):
    def visible_to(self, user: "AnyUser") -> Self:
        """People and organisations with a role, past or present, in a place that the user serves."""
        from gongying.customers.models.households import PartyRole

        scope = scope_of(user)
        if scope.everywhere:
            return self
        roles = PartyRole.objects.filter(scope.condition())
        own = models.Exists(roles.filter(party=models.OuterRef("pk")))
        # A merged file has given its roles away; who sees the other file sees its past.
        of_other = models.Exists(roles.filter(party=models.OuterRef("merged_into")))
        return self.filter(models.Q(own) | models.Q(models.Q(of_other), merged_into__isnull=False))

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
    legal_hold = models.CharField(
        _("legal hold"), max_length=200, blank=True, editable=False, help_text=_("Why this file must be kept")
    )
    # A colleague who uses the company's own services.
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="customer",
        verbose_name=_("log-in"),
    )
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
        triggers = [
            # Invariant 50; open cases and roles are held by their foreign keys.
            Guard(
                name="party_legal_hold",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition("OLD.legal_hold <> ''"),
                func="RAISE EXCEPTION 'party % is on legal hold', OLD.id USING ERRCODE = 'check_violation';",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.set_keys()
        super().save(*args, **kwargs)

    def pasts(self) -> list[int]:
        """The ids under which the journal knows this customer: its own, and of the files merged into it, at any remove."""
        known = [self.pk]
        newest: list[int] = known
        while newest := list(Party.objects.filter(merged_into__in=newest).order_by("pk").values_list("pk", flat=True)):
            known += newest
        return known

    def set_keys(self) -> None:
        """The derived keys; bulk writers call this, `save` does it by itself."""
        self.name_key = normalise(self.name)[:100]
        self.pinyin = pinyin(self.name)[:400]
        self.initials = initials(self.name)[:100]


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
