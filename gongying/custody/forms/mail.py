from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.inputs import ChipsInput
from gongying.custody.enums import MailKind, MailWay, ReturnReason, Telling
from gongying.custody.forms.fields import PlacedForm
from gongying.custody.models import MailItem
from gongying.custody.models.mail import (
    LONGEST_RECIPIENT,
    LONGEST_REMARK,
    LONGEST_SERVICE,
    LONGEST_SHELF,
    LONGEST_TRACKING,
)
from gongying.files.forms import SignatureField


class MailForm(PlacedForm):
    """What came, and for whom. Entered one after another: only the unit is needed."""

    kind = forms.ChoiceField(label=_("kind"), choices=MailKind.choices)
    way = forms.ChoiceField(label=_("way"), choices=MailWay.choices)
    recipient = forms.CharField(label=pgettext_lazy("mail", "for whom"), max_length=LONGEST_RECIPIENT, required=False)
    service = forms.CharField(label=_("delivery service"), max_length=LONGEST_SERVICE, required=False)
    tracking_no = forms.CharField(label=_("tracking number"), max_length=LONGEST_TRACKING, required=False)
    shelf = forms.CharField(label=_("where it lies"), max_length=LONGEST_SHELF, required=False)
    remark = forms.CharField(label=_("remark"), max_length=LONGEST_REMARK, required=False)

    def arguments(self) -> dict[str, Any]:
        facts = super().arguments()
        facts.pop("project")
        return facts


class OutForm(forms.Form):
    """Who takes which of the pieces that wait for a household."""

    items = forms.ModelMultipleChoiceField(
        MailItem.objects.none(), label=_("what is handed out"), widget=forms.CheckboxSelectMultiple
    )
    taken_by = forms.CharField(label=_("who takes it"), max_length=LONGEST_RECIPIENT)
    signature = SignatureField(label=_("signature"))

    def __init__(self, *args: Any, item: MailItem, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        waiting = MailItem.objects.waiting().filter(unit=item.unit_id, way=item.way).for_page().order_by("received_at")
        fields: Any = self.fields
        fields["items"].queryset = waiting
        fields["items"].initial = [row.pk for row in waiting]

    def arguments(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        return {"items": list(cleaned["items"]), "taken_by": cleaned["taken_by"], "signature": cleaned["signature"]}


class BackForm(forms.Form):
    reason = forms.ChoiceField(label=_("why it is sent back"), choices=ReturnReason.choices, widget=ChipsInput)
    word = forms.CharField(label=_("in a few words"), max_length=LONGEST_REMARK, required=False)
    taken_by = forms.CharField(label=_("who takes it back"), max_length=LONGEST_RECIPIENT)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("reason") == ReturnReason.OTHER and not given.get("word"):
            self.add_error("word", _("Say in a few words why it is sent back."))
        return given


class ToldForm(forms.Form):
    how = forms.ChoiceField(label=_("told how"), choices=Telling.choices)
