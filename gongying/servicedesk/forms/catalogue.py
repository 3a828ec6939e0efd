from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.statements import Statement
from gongying.estates.models import Project
from gongying.servicedesk.forms.amounts import SMALLEST
from gongying.servicedesk.forms.steps import StepForm
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServicePrice
from gongying.servicedesk.named_prices import prices_in

LARGEST_QUANTITY = Decimal("999999.99")

if TYPE_CHECKING:
    ItemModelForm = forms.ModelForm[ServiceItem]
    ItemChoiceField = forms.ModelChoiceField[ServiceItem]
else:
    ItemModelForm = forms.ModelForm
    ItemChoiceField = forms.ModelChoiceField


class ItemForm(ItemModelForm):
    class Meta:
        model = ServiceItem
        fields = (
            "kind",
            "name",
            "code",
            "category",
            "measure",
            "is_paid",
            "promised_minutes",
            "department",
            "description",
            "is_active",
        )
        widgets = {"description": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        category: Any = self.fields["category"]
        category.queryset = ServiceCategory.objects.leaves()
        self.fields["kind"].required = False

    def clean_kind(self) -> str:
        """Left out, it stays what it is; what was ordered as a service does not become a material."""
        kind: str = self.cleaned_data["kind"] or self.instance.kind
        if kind != self.instance.kind and self.instance.pk and self.instance.quotes.exists():
            raise ValidationError(_("It was quoted already: enter the other one anew."))
        return kind


OFFERED: Statement[ServiceItem] = Statement(
    lambda on, project: ServiceItem.objects.offered_in(project, on=on).select_related("category"), on=date, project=int
)


class ItemField(ItemChoiceField):
    """An entry of the catalogue with what it costs today in the project, and since when."""

    def __init__(self, **options: Any) -> None:
        self.prices: dict[int, ServicePrice] = {}
        self.offered: list[ServiceItem] = []
        super().__init__(ServiceItem.objects.none(), **options)

    def offer(self, project: Project) -> None:
        self.project = project
        # Anew: a form gets a shallow copy of its fields, what one of them remembers all would share.
        self.prices = {}
        for price in prices_in(project):
            self.prices.setdefault(price.item_id, price)
        self.offered = OFFERED.rows(on=timezone.localdate(), project=project.pk)
        named = [(item.pk, self.label_from_instance(item)) for item in self.offered]
        self.choices = [*([("", self.empty_label)] if self.empty_label is not None else []), *named]

    def clean(self, value: Any) -> ServiceItem | None:
        if value:
            self.queryset = ServiceItem.objects.offered_in(self.project).select_related("category")
        found: ServiceItem | None = super().clean(value)
        return found

    def label_from_instance(self, obj: Any) -> str:
        price = self.prices.get(obj.pk)
        if not obj.is_paid or price is None:
            return f"{obj} · {_('free of charge')}"
        return _("%(item)s · %(price)s (since %(day)s)") % {"item": obj, "price": price, "day": price.starts_on}


class QuoteForm(StepForm):
    """What is ordered from the price list, and whether the customer agreed."""

    item = ItemField(label=_("service"))
    quantity = forms.DecimalField(
        label=_("quantity"),
        min_value=SMALLEST,
        max_value=LARGEST_QUANTITY,
        max_digits=8,
        decimal_places=2,
        initial=Decimal(1),
    )
    agreed = forms.BooleanField(label=_("customer agreed to the price"), required=False)

    def prepare(self) -> None:
        item: Any = self.fields["item"]
        item.offer(self.service_request.project)
