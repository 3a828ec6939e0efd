"""What is asked about a public fault: where it is felt, what callers are told, until when."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.checklists.wording import read_by_customers
from gongying.estates.models import Building, Entrance
from gongying.servicedesk.enums import NoticeChannel
from gongying.servicedesk.forms.steps import moment_field
from gongying.servicedesk.models import PublicFault, ServiceRequest

LONGEST_WORDS = 2000


def words_field(label: Any) -> forms.CharField:
    return read_by_customers(forms.CharField(label=label, max_length=LONGEST_WORDS, widget=forms.Textarea({"rows": 3})))


class FaultWordsForm(forms.Form):
    """What the desk says and until when: asked at the announcement and changed afterwards."""

    words = words_field(_("what callers are told"))
    expected_end = moment_field(_("expected end"))

    @classmethod
    def of(cls, fault: PublicFault, data: Any = None) -> "FaultWordsForm":
        ends = timezone.localtime(fault.expected_end) if fault.expected_end else None
        return cls(data, initial={"words": fault.words, "expected_end": ends})

    def clean_expected_end(self) -> Any:
        ends = self.cleaned_data["expected_end"]
        if ends is not None and ends <= timezone.now() and "expected_end" in self.changed_data:
            raise forms.ValidationError(_t("The new time lies in the past."))
        return ends


class AnnouncementForm(FaultWordsForm):
    whole_project = forms.BooleanField(label=_("the whole project"), required=False)
    buildings = forms.ModelMultipleChoiceField(
        label=_("buildings"), queryset=Building.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    entrances = forms.ModelMultipleChoiceField(
        label=_("single entrances of the building"),
        queryset=Entrance.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("whole_project", "buildings", "entrances", "words", "expected_end")

    def __init__(self, data: Any = None, *, service_request: ServiceRequest, user: User) -> None:
        self.service_request = service_request
        building, entrance = service_request.building, service_request.entrance
        super().__init__(
            data,
            initial={
                "whole_project": building is None,
                "buildings": [building.pk] if building and not entrance else [],
                "entrances": [entrance.pk] if entrance else [],
                "expected_end": service_request.estimated_end and timezone.localtime(service_request.estimated_end),
            },
        )
        fields: Any = self.fields
        fields["buildings"].queryset = Building.objects.visible_to(user).filter(project=service_request.project_id)
        fields["entrances"].queryset = Entrance.objects.visible_to(user).filter(building=service_request.building_id)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        whole = cleaned.get("whole_project")
        buildings, entrances = cleaned.get("buildings") or [], cleaned.get("entrances") or []
        if not whole and not buildings and not entrances and not self.errors:
            self.add_error("buildings", _t("Say which places feel it: buildings, entrances or the whole project."))
        chosen = {building.pk for building in buildings}
        rest = [entrance for entrance in entrances if entrance.building_id not in chosen]
        cleaned["places"] = [self.service_request.project] if whole else [*buildings, *rest]
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("words", "expected_end", "places")}


class FaultEndForm(forms.Form):
    words = words_field(_("what the callers are told now"))


class ToldForm(forms.Form):
    channel = forms.ChoiceField(label=_("channel"), choices=NoticeChannel.choices)
