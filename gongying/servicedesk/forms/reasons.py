"""Why something that a category asks for is not there: a line for each thing, in one field of the completion sheet."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from gongying.servicedesk.completion_demands import Reasons
from gongying.servicedesk.enums import RequiredEvidence
from gongying.servicedesk.models import CategoryRules

LONGEST_REASON = 500
EVIDENCE, ITEM = "evidence", "item"


class ReasonsInput(forms.Widget):
    """One line a thing, folded until something is missing; `lines` are its key and its name."""

    template_name = "servicedesk/widgets/reasons.html"
    lines: tuple[tuple[str, Any], ...] = ()

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> dict[str, str]:
        return {key: str(data.get(f"{name}_{key}", "")) for key, _label in self.lines}

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return not any(f"{name}_{key}" in data for key, _label in self.lines)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        written = value if isinstance(value, Mapping) else {}
        context["lines"] = [
            {"name": f"{name}_{key}", "label": label, "value": written.get(key, "")} for key, label in self.lines
        ]
        context["is_open"] = any(written.values())
        context["most"] = LONGEST_REASON
        return context

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_0"


class ReasonsField(forms.Field):
    """Cleans to `Reasons`."""

    widget = ReasonsInput

    def ask(self, rules: CategoryRules) -> None:
        evidence = [kind for kind in RequiredEvidence if kind in rules.evidence]
        self.keys = {f"{EVIDENCE}_{kind}": str(kind) for kind in evidence}
        self.items = {f"{ITEM}_{number}": item for number, item in enumerate(rules.check_list)}
        lines = [*((f"{EVIDENCE}_{kind}", kind.label) for kind in evidence), *self.items.items()]
        self.widget.lines = tuple(lines)

    def clean(self, value: Any) -> Reasons:
        written: dict[str, str] = {key: text.strip() for key, text in (value or {}).items()}
        for text in written.values():
            if len(text) > LONGEST_REASON:
                raise ValidationError(_("“%(name)s…” is too long.") % {"name": text[:20]})
            if "\0" in text:
                raise ValidationError(_("Null characters are not allowed."))
        return Reasons(
            {name: written.get(key, "") for key, name in self.keys.items()},
            {item: written.get(key, "") for key, item in self.items.items()},
        )
