from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.authority.enums import Subject
from gongying.authority.models import grant_of
from gongying.common.templatetags.formats import yuan
from gongying.files.forms import AttachmentsField
from gongying.servicedesk.enums import ClaimGround
from gongying.servicedesk.forms.steps import StepForm
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.models.claims import LONGEST_NAME, LONGEST_REASON

SMALLEST = Decimal("0.01")


def amount_field(label: Any, **options: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=SMALLEST, max_digits=12, decimal_places=2, **options)


class ClaimForm(StepForm):
    """What the customer wants, for what, and what shows it."""

    ground = forms.ChoiceField(label=_("claim for"), choices=ClaimGround.choices)
    amount = amount_field(_("amount claimed"))
    reason = forms.CharField(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))
    claimant = forms.CharField(label=_("who claims it"), max_length=LONGEST_NAME, required=False)
    evidence = AttachmentsField(label=_("what shows it"))


class GrantForm(forms.Form):
    """How much is granted, within whose authority."""

    amount = amount_field(_("amount granted"))
    reason = forms.CharField(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))

    def __init__(self, data: Any = None, *, claim: CompensationClaim, user: User) -> None:
        super().__init__(data, initial={"amount": claim.amount})
        self.claim = claim
        grant = grant_of(user, subject=Subject.COMPENSATION, project_id=claim.project_id)
        self.fields["amount"].help_text = (
            _("You decide alone: %(limits)s. Beyond that a colleague is asked.") % {"limits": grant.limit_in_words}
            if grant is not None
            else _("A colleague is asked to agree.")
        )

    def clean_amount(self) -> Decimal:
        amount: Decimal = self.cleaned_data["amount"]
        if amount > self.claim.amount:
            words = _("No more is granted than is claimed: %(amount)s.") % {"amount": yuan(self.claim.amount)}
            raise ValidationError(words, code="more")
        return amount


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 3}))


class PaidForm(forms.Form):
    how = forms.CharField(label=_("how it was paid"), max_length=LONGEST_NAME)
