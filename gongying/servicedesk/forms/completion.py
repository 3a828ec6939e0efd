"""The completion sheet: seven ticks, what was done, photos, material, minutes, advice (ux.md 2.6)."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.files.forms import PhotosField, SignatureField
from gongying.servicedesk.enums import Tick, WorkState
from gongying.servicedesk.forms.steps import StepForm, long_text, phrased_text
from gongying.servicedesk.models import WorkCompletion, WorkOrder

MOST_MATERIALS = 50
LONGEST_MATERIAL, LONGEST_QUANTITY = 100, 30
EMPTY_LINES = 2
RECENT_COMPLETIONS, MOST_RECENT = 30, 12

Line = dict[str, str]


class MaterialsInput(forms.Widget):
    """Lines of name and quantity; two are offered, `data-line-add` gives more."""

    template_name = "servicedesk/widgets/materials.html"

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[Line]:
        names, quantities = data.getlist(f"{name}_name"), data.getlist(f"{name}_quantity")
        return [
            {"name": material.strip(), "quantity": quantity.strip()}
            for material, quantity in zip(names, [*quantities, *[""] * len(names)], strict=False)
        ]

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return f"{name}_name" not in data

    def format_value(self, value: Any) -> Any:
        written = [line for line in value or [] if line["name"] or line["quantity"]]
        return written + [{"name": "", "quantity": ""}] * max(1, EMPTY_LINES - len(written))

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_0"


class MaterialsField(forms.Field):
    """Cleans to `[{"name": …, "quantity": …}]` without the empty lines."""

    widget = MaterialsInput

    def clean(self, value: Any) -> list[Line]:
        lines = [line for line in value or [] if line["name"] or line["quantity"]]
        if len(lines) > MOST_MATERIALS:
            raise ValidationError(_("At most %(most)d lines.") % {"most": MOST_MATERIALS})
        for line in lines:
            if not line["name"]:
                raise ValidationError(
                    _("What is “%(quantity)s” of?") % {"quantity": line["quantity"][:LONGEST_QUANTITY]}
                )
            if len(line["name"]) > LONGEST_MATERIAL or len(line["quantity"]) > LONGEST_QUANTITY:
                raise ValidationError(_("“%(name)s…” is too long.") % {"name": line["name"][:20]})
            if "\0" in line["name"] + line["quantity"]:
                raise ValidationError(_("Null characters are not allowed."))
        return lines


class CompleteForm(StepForm):
    ticks = forms.MultipleChoiceField(
        label=gettext_lazy("etiquette"), choices=Tick.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    missing_reason = long_text(gettext_lazy("why ticks are missing"), required=False, rows=2)
    photos_before = PhotosField(label=gettext_lazy("photos before"))
    photos_after = PhotosField(label=gettext_lazy("photos after"))
    result = long_text(gettext_lazy("what was done"), rows=2)
    materials = MaterialsField(label=gettext_lazy("material"), required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("minutes"), required=False, validators=[MinValueValidator(0), MaxValueValidator(100_000)]
    )
    advice = phrased_text(
        gettext_lazy("points of attention for the customer"),
        [
            gettext_lazy("Nothing to mind."),
            gettext_lazy("Do not use it for two hours."),
            gettext_lazy("Call us if it leaks again."),
            gettext_lazy("The part is old: have it replaced soon."),
        ],
        required=False,
    )
    signature = SignatureField(label=gettext_lazy("signature of the customer"))

    def prepare(self) -> None:
        self.fields["materials"].widget.attrs["recent"] = recent_materials(self.case)
        self.fields["minutes"].widget.attrs["inputmode"] = "numeric"
        self.fields["minutes"].initial = _minutes_on_site(self.case)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if len(cleaned.get("ticks") or []) < len(Tick) and not (cleaned.get("missing_reason") or "").strip():
            self.add_error("missing_reason", _("Tick all seven, or give one reason for those that are missing."))
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {**self.cleaned_data, "ticks": dict.fromkeys(self.cleaned_data["ticks"], True)}


def recent_materials(case: Any) -> list[str]:
    """What was used in the last jobs of the same trade, offered while one types."""
    if not isinstance(case, WorkOrder):
        return []
    rows = WorkCompletion.objects.filter(work_order__trade=case.trade).exclude(materials=[]).order_by("-pk")
    used = rows.values_list("materials", flat=True)[:RECENT_COMPLETIONS]
    return list(dict.fromkeys(line["name"] for lines in used for line in lines))[:MOST_RECENT]


def _minutes_on_site(case: Any) -> int | None:
    """Counted from the arrival; before it nothing is preset, the operation counts itself."""
    if not isinstance(case, WorkOrder) or case.state != WorkState.ON_SITE:
        return None
    stage = case.stages.filter(left_at=None).last()
    return max(0, int((timezone.now() - stage.entered_at).total_seconds() // 60)) if stage else None
