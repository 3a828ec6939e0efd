from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import NAME_OF_A_THING
from gongying.common.models import Dated, Versioned
from gongying.common.money import to_fen
from gongying.common.templatetags.formats import yuan
from gongying.estates.models import Project
from gongying.interactions.models import LONGEST_TEXT
from gongying.organization.models import Department
from gongying.servicedesk.enums import ItemKind
from gongying.servicedesk.guards import keep_as_written
from gongying.servicedesk.models.amounts import AmountQuerySet
from gongying.servicedesk.models.categories import ServiceCategory
from gongying.servicedesk.models.requests import ServiceRequest
from gongying.servicedesk.models.work import WorkOrder

if TYPE_CHECKING:
    pass


class ServiceItemQuerySet(models.QuerySet["ServiceItem"]):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def services(self) -> Self:
        return self.filter(kind=ItemKind.SERVICE)

    def materials(self) -> Self:
        return self.filter(kind=ItemKind.MATERIAL)

    def offered_in(self, project: Project | int, *, on: date | None = None) -> Self:
        """What can be ordered there: services that are free of charge, or have a price that holds today (or on that day)."""
        project_id = project if isinstance(project, int) else project.pk
        prices = ServicePrice.objects.on(on or timezone.localdate()).holding_in(project_id)
        has_price = prices.filter(item=models.OuterRef("pk"))
        return self.active().services().filter(models.Q(is_paid=False) | models.Exists(has_price))


class ServiceItem(Versioned):
    """A line of the price list: a service that can be ordered, free or paid, or a material that is used (R-448)."""

    event_kind = "serviceitem"

    kind = models.CharField(
        _("kind"), max_length=10, choices=ItemKind.choices, default=ItemKind.SERVICE, db_default=ItemKind.SERVICE
    )
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(NAME_OF_A_THING, max_length=60)
    category = models.ForeignKey(
        ServiceCategory, models.PROTECT, related_name="service_items", verbose_name=_("category")
    )
    measure = models.CharField(_("charged per"), max_length=20, help_text=_("As people say it: visit, hour, piece"))
    is_paid = models.BooleanField(_("paid by the customer"), default=True)
    promised_minutes = models.PositiveIntegerField(
        _("promised within minutes"), null=True, blank=True, help_text=_("From the order until it is done")
    )
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="service_items",
        verbose_name=_("who does it"),
        help_text=_("None: whoever answers for the category"),
    )
    description = models.TextField(_("what it covers"), max_length=2_000, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ServiceItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        ordering = ["category__position", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name="") & ~models.Q(measure=""), name="service_item_named"),
            models.CheckConstraint(condition=models.Q(kind__in=ItemKind.values), name="service_item_kind_known"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def promised_within(self) -> timedelta | None:
        return None if self.promised_minutes is None else timedelta(minutes=self.promised_minutes)


class ServicePriceQuerySet(AmountQuerySet):
    def of(self, item: ServiceItem, *, project_id: int, on: date | None = None) -> "ServicePrice | None":
        found: ServicePrice | None = (
            self.on(on or timezone.localdate()).holding_in(project_id).filter(item=item).first()
        )
        return found


class ServicePrice(Dated, Versioned):
    """What a service costs from a day on, in one project or everywhere; earlier prices stay."""

    item = models.ForeignKey(ServiceItem, models.CASCADE, related_name="prices", verbose_name=_("service"))
    project = models.ForeignKey(
        Project, models.CASCADE, null=True, blank=True, related_name="service_prices", verbose_name=_("project")
    )
    amount = models.DecimalField(_("price"), max_digits=14, decimal_places=2)

    objects = ServicePriceQuerySet.as_manager()

    class Meta:
        verbose_name = _("price")
        ordering = ["item", "project", "during"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="service_price_positive"),
            models.CheckConstraint(condition=models.Q(during__isempty=False), name="service_price_not_empty"),
            ExclusionConstraint(
                name="service_price_no_overlap",
                expressions=[
                    ("item", RangeOperators.EQUAL),
                    (Coalesce("project", 0), RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                # An import writes the new price before it ends the old one.
                deferrable=models.Deferrable.IMMEDIATE,
            ),
        ]

    def __str__(self) -> str:
        return f"{yuan(self.amount)}/{self.item.measure}"


class Quote(models.Model):
    """The price that was named to the customer: a copy, so that a later price does not change what was agreed."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="quotes", verbose_name=_("request")
    )
    item = models.ForeignKey(ServiceItem, models.PROTECT, related_name="quotes", verbose_name=_("service"))
    name = models.CharField(NAME_OF_A_THING, max_length=60)
    measure = models.CharField(_("charged per"), max_length=20)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    quantity = models.DecimalField(_("quantity"), max_digits=8, decimal_places=2, default=Decimal(1))
    priced_from = models.DateField(_("price since"), null=True)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("quote")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(price__gte=0, quantity__gt=0), name="quote_not_negative")
        ]
        triggers = keep_as_written("quote")

    def __str__(self) -> str:
        return f"{self.name} {yuan(self.price)}/{self.measure} × {self.quantity.normalize():f} = {yuan(self.total)}"

    @property
    def total(self) -> Decimal:
        return to_fen(self.price * self.quantity)


class StartWithoutPrice(models.Model):
    """Paid work began before the customer agreed to a price: who decided so, and why (E-047)."""

    work_order: Any = models.OneToOneField(
        WorkOrder, models.PROTECT, related_name="start_without_price", verbose_name=_("work order")
    )
    reason = models.TextField(_("reason"), max_length=LONGEST_TEXT)
    by: Any = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("start without an agreed price")
        constraints = [models.CheckConstraint(condition=~models.Q(reason=""), name="start_without_price_has_reason")]
        triggers = keep_as_written("startwithoutprice")

    def __str__(self) -> str:
        return self.reason[:40]
