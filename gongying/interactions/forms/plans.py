from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.inputs import DayField
from gongying.estates.models import Project
from gongying.interactions.forms.contacts import counterparts_of, offer
from gongying.interactions.models import UNDER_CONTRACT, ContactPlan, CounterpartGuide, PlannedTalk
from gongying.organization.models import StaffMember

if TYPE_CHECKING:
    PlanModelForm = forms.ModelForm[ContactPlan]
    GuideModelForm = forms.ModelForm[CounterpartGuide]
else:
    PlanModelForm = GuideModelForm = forms.ModelForm


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A staff member; cleans to her user."""

    def clean(self, value: Any) -> User | None:
        member = super().clean(value)
        return member.user if member is not None else None


class PlanForm(PlanModelForm):
    owner = ColleagueField(StaffMember.objects.none(), label=ContactPlan._meta.get_field("owner").verbose_name)
    starts_on = DayField(label=ContactPlan._meta.get_field("starts_on").verbose_name)

    class Meta:
        model = ContactPlan
        fields = ("kind", "party", "every_months", "starts_on", "owner", "contract", "no_contract_reason")

    def __init__(self, data: Any = None, *, project: Project, user: User, **options: Any) -> None:
        super().__init__(data, **options)
        staff = StaffMember.objects.employed().select_related("user").order_by("user__name", "pk")
        offer(self, "party", counterparts_of(project, user))
        offer(self, "owner", staff)
        owner = self.instance.owner_id or user.pk
        self.initial["owner"] = staff.filter(user=owner).values_list("pk", flat=True).first()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") in UNDER_CONTRACT and not (cleaned.get("contract") or cleaned.get("no_contract_reason")):
            self.add_error("contract", _("Name the contract, or say why there is none."))
        return cleaned


class TalkForm(forms.ModelForm):  # type: ignore[type-arg]
    """The next talk: what it is for, about what, where; the card that fits stands above the ways."""

    class Meta:
        model = PlannedTalk
        fields = ("purpose", "content", "place_kind", "way")
        widgets = {"way": forms.RadioSelect}

    def __init__(self, data: Any = None, *, plan: ContactPlan, topics: list[str], **options: Any) -> None:
        super().__init__(data, **options)
        fields: Any = self.fields
        fields["content"].help_text = escape(" \u00b7 ".join(topics))
        fields["place_kind"].beneath = "interactions/_method_card.html"
        for name in ("purpose", "place_kind", "way"):
            fields[name].choices = [choice for choice in fields[name].choices if choice[0]]

    @property
    def asked(self) -> dict[str, str]:
        """What the card is chosen by, as far as it is said yet."""
        return {name: str(self[name].value() or "") for name in ("purpose", "content", "place_kind")}


class GuideForm(GuideModelForm):
    class Meta:
        model = CounterpartGuide
        fields = ("topics", "preparation", "points")
        widgets = {name: forms.Textarea({"rows": 6}) for name in fields}
