from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.common.templatetags.formats import yuan
from gongying.servicedesk.enums import PaymentMethod
from gongying.servicedesk.forms.amounts import SMALLEST
from gongying.servicedesk.forms.steps import StepForm, long_text
from gongying.servicedesk.operations.costs import final_price_of, owed_for, received_for


class ChargeForm(StepForm):
    """What the customer pays in the end, and what was received of it."""

    price = forms.DecimalField(label=_("final price"), min_value=0, max_digits=10, decimal_places=2, required=False)
    price_reason = long_text(_("why it differs from what was agreed"), required=False, rows=2)
    customer_agreed = forms.BooleanField(
        label=_("customer agreed to the final price"), required=False, help_text=_("Needed where it is higher.")
    )
    received = forms.DecimalField(
        label=_("amount received"), min_value=SMALLEST, max_digits=10, decimal_places=2, required=False
    )
    method = forms.ChoiceField(label=_("received by"), choices=[("", "–"), *PaymentMethod.choices], required=False)
    receipt_no = forms.CharField(
        label=_("receipt number"), max_length=40, required=False, help_text=_("Empty: the next number of the project")
    )

    def prepare(self) -> None:
        agreed, final = self.service_request.agreed_amount, final_price_of(self.service_request)
        self.fields["price"].initial = agreed if final is None else final
        self.fields["received"].initial = owed_for(self.service_request) or None
        if agreed is not None:
            self.fields["price"].help_text = _("Agreed: %(price)s") % {"price": yuan(agreed)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("price") is None and cleaned.get("received") is None and not self.errors:
            self.add_error("price", _("Say the final price, or what was received."))
        if cleaned.get("received") is not None and not cleaned.get("method") and "method" not in self.errors:
            self.add_error("method", _("Say how it was paid."))
        self._compare(cleaned.get("price"), cleaned.get("received"))
        return cleaned

    def _compare(self, price: Decimal | None, received: Decimal | None) -> None:
        """One of the two is mistyped: which one only the reader knows."""
        before = received_for(self.service_request)
        if price is not None and received is not None and before + received > price:
            for name in ("price", "received"):
                self.add_error(name, _("More would be received than it costs."))


class TakeBackForm(forms.Form):
    reason = long_text(_("reason"), rows=2)
