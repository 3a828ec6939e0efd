"""The four qualities of a service in one line: each a mark from 1 to 5 or nothing (R-214)."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.servicedesk.enums import Quality
from gongying.servicedesk.models.evidence import BEST_SCORE, WORST_SCORE

MARKS = [("", "–"), *((str(mark), str(mark)) for mark in range(BEST_SCORE, WORST_SCORE - 1, -1))]


class QualitiesInput(forms.MultiWidget):
    template_name = "servicedesk/widgets/qualities.html"
    use_fieldset = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({quality: forms.Select(choices=MARKS) for quality in Quality.values}, attrs)

    def decompress(self, value: dict[str, int] | None) -> list[int | None]:
        return [(value or {}).get(quality) for quality in Quality.values]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = context["widget"]["subwidgets"]
        context["marks"] = list(zip((quality.label for quality in Quality), parts, strict=True))
        return context


class QualitiesField(forms.MultiValueField):
    """Cleans to the marks that were given: {"fast": 5}."""

    widget = QualitiesInput

    def __init__(self) -> None:
        fields = [
            forms.TypedChoiceField(choices=MARKS, coerce=int, empty_value=None, required=False) for _quality in Quality
        ]
        super().__init__(
            fields=fields, required=False, require_all_fields=False, label=_("how the service was, if there is time")
        )

    def compress(self, data_list: Sequence[int | None]) -> dict[str, int]:
        return {quality: mark for quality, mark in zip(Quality.values, data_list, strict=False) if mark is not None}
