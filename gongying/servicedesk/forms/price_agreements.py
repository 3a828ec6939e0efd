"""The tick that the customer agreed to a price, and beside it the amount where no price list says it (E-047)."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.inputs import ChipsInput
from gongying.servicedesk.forms.amounts import SMALLEST
from gongying.servicedesk.forms.steps import StepForm, long_text
from gongying.servicedesk.models import ServicePrice
from gongying.servicedesk.named_prices import NamedPrice, lines_of, price_named_for
from gongying.servicedesk.operations.price_agreements import AMOUNT_NEEDED

if TYPE_CHECKING:
    PriceChoiceField = forms.ModelChoiceField[ServicePrice]
else:
    PriceChoiceField = forms.ModelChoiceField


class LineField(PriceChoiceField):
    """The lines of the price list for the matter, where it has several: one tap is the yes to its price."""

    def __init__(self) -> None:
        super().__init__(
            ServicePrice.objects.none(),
            label=gettext_lazy("customer agreed to"),
            required=False,
            widget=ChipsInput,
        )

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.item} {obj}"


class AgreedAmountField(forms.DecimalField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("agreed amount (yuan)"),
            min_value=SMALLEST,
            max_digits=10,
            decimal_places=2,
            required=False,
            widget=forms.NumberInput({"inputmode": "decimal", "step": "any"}),
        )


def check_agreement(form: forms.Form, *, tick: str, named: NamedPrice | None) -> None:
    """Who ticks says how much, unless a price was named; who names an amount ticks."""
    is_ticked, amount = bool(form.cleaned_data.get(tick)), form.cleaned_data.get("agreed_amount")
    if "agreed_amount" in form.errors or tick in form.errors:
        return
    if is_ticked and amount is None and named is None:
        form.add_error("agreed_amount", str(AMOUNT_NEEDED))
    if amount is not None and not is_ticked:
        form.add_error(tick, _("Tick that the customer agreed to this amount, or leave it out."))


def show_named(form: forms.Form, *, tick: str, named: NamedPrice | None, agreed: Decimal | None = None) -> None:
    """The price line stands beside the tick; the amount is the one of the line unless somebody writes another."""
    if named is not None:
        form.fields[tick].help_text = str(named)
    form.fields["agreed_amount"].initial = agreed if agreed is not None else named.amount if named else None


def offer_lines(form: StepForm, named: NamedPrice | None, *, tick: str) -> None:
    """Where nothing was named yet and the list has several services to choose from."""
    lines = [] if named else lines_of(form.service_request.category_id, form.service_request.project_id)
    if not lines:
        del form.fields["line"]
        return
    field: Any = form.fields["line"]
    field.queryset = ServicePrice.objects.filter(pk__in=[line.pk for line in lines]).select_related("item")
    form.fields[tick].label = _("or the customer agreed to another amount")


def take_line(form: StepForm, cleaned: dict[str, Any], *, tick: str) -> None:
    """The line that was tapped is the yes, to its price or to the amount beside it: less is a discount of that line."""
    line = cleaned.get("line")
    if line is None:
        return
    cleaned[tick] = True
    if cleaned.get("agreed_amount") is None and "agreed_amount" not in form.errors:
        cleaned["agreed_amount"] = line.amount


class PriceForm(StepForm):
    line = LineField()
    price_agreed = forms.BooleanField(label=gettext_lazy("customer agreed to the price"), required=False)
    agreed_amount = AgreedAmountField()

    def prepare(self) -> None:
        self.named = price_named_for(self.service_request)
        offer_lines(self, self.named, tick="price_agreed")
        self.fields["price_agreed"].initial = self.service_request.price_agreed
        show_named(self, tick="price_agreed", named=self.named, agreed=self.service_request.agreed_amount)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        take_line(self, cleaned, tick="price_agreed")
        if not cleaned.get("price_agreed"):
            # The tick is taken away; the amount that stood there goes with it.
            cleaned["agreed_amount"] = None
        check_agreement(self, tick="price_agreed", named=self.named)
        return cleaned


class PriceBeforeWorkForm(StepForm):
    """At the door, before paid work starts."""

    line = LineField()
    agreed = forms.BooleanField(label=gettext_lazy("customer agreed to the price"), required=False)
    agreed_amount = AgreedAmountField()
    reason = long_text(gettext_lazy("or why it starts all the same"), required=False, rows=2)

    def prepare(self) -> None:
        self.named = price_named_for(self.service_request)
        offer_lines(self, self.named, tick="agreed")
        show_named(self, tick="agreed", named=self.named)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        take_line(self, cleaned, tick="agreed")
        if cleaned.get("agreed"):
            check_agreement(self, tick="agreed", named=self.named)
        elif not (cleaned.get("reason") or "").strip():
            self.add_error("agreed", _("Tick that the customer agreed to the price, or give a reason."))
        return cleaned
