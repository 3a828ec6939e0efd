from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.authority.models import grant_of
from gongying.servicedesk.forms.steps import StepForm, long_text
from gongying.servicedesk.operations.concessions import CONCESSIONS


class ConcessionForm(StepForm):
    """What the customer is given, how much of it, and why."""

    subject = forms.ChoiceField(
        label=_("what"), choices=[(subject.value, subject.label) for subject in CONCESSIONS], widget=forms.RadioSelect
    )
    amount = forms.DecimalField(label=_("amount"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2)
    reason = long_text(_("reason"), rows=2)

    def prepare(self) -> None:
        self.fields["reason"].max_length = 2_000  # type: ignore[attr-defined]
        project_id = self.service_request.project_id
        grants = [grant_of(self.user, subject=subject, project_id=project_id) for subject in CONCESSIONS]
        words = [f"{grant.get_subject_display()} {grant.limit_in_words}" for grant in grants if grant is not None]
        self.fields["amount"].help_text = (
            _("You decide alone: %(limits)s. Beyond that a colleague is asked.") % {"limits": ", ".join(words)}
            if words
            else _("A colleague is asked to agree.")
        )
