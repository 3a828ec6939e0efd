"""The completion sheet: seven ticks, what was done, photos, material, minutes, advice (ux.md 2.6)."""

from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.common.editions import fill_from_memory
from gongying.common.statements import Statement
from gongying.files.forms import PhotosField, SignatureField
from gongying.servicedesk.completion_demands import FIELDS, Given, Reasons, missing_from
from gongying.servicedesk.enums import RequiredEvidence, Tick, WorkState
from gongying.servicedesk.forms.reasons import ReasonsField
from gongying.servicedesk.forms.steps import StepForm, long_text, phrased_text
from gongying.servicedesk.models import CategoryRules, ServiceItem, ServicePrice, WorkCompletion, WorkOrder
from gongying.servicedesk.operations.costs import quantity_in
from gongying.servicedesk.operations.doing import STILL_MISSING

MOST_MATERIALS = 50
LONGEST_MATERIAL, LONGEST_QUANTITY = 100, 30
EMPTY_LINES = 2
MISSING_ON_OLD_SHEET = gettext_lazy(
    "Still missing: %(things)s. This page was opened before an update: reload it, there you can say why."
)
RECENT_COMPLETIONS, MOST_OFFERED = 100, 8

Line = dict[str, str]
COLUMNS = ("name", "quantity", "price")
PRICE = forms.DecimalField(min_value=0, max_digits=10, decimal_places=2)


class MaterialsInput(forms.Widget):
    """Lines of name, quantity and price; two are offered, `data-line-add` gives more."""

    template_name = "servicedesk/widgets/materials.html"

    def value_from_datadict(self, data: Any, _files: Any, name: str) -> list[Line]:
        columns = [data.getlist(f"{name}_{column}") for column in COLUMNS]
        return [
            dict(zip(COLUMNS, (cell.strip() for cell in cells), strict=True))
            for cells in zip_longest(*columns, fillvalue="")
        ][: len(columns[0])]

    def value_omitted_from_data(self, data: Any, _files: Any, name: str) -> bool:
        return f"{name}_name" not in data

    def format_value(self, value: Any) -> Any:
        written = [line for line in value or [] if any(line.values())]
        return written + [dict.fromkeys(COLUMNS, "")] * max(1, EMPTY_LINES - len(written))

    def id_for_label(self, id_: str, index: Any = None) -> str:
        return f"{id_}_0"


class MaterialsField(forms.Field):
    """Cleans to `[{"name": …, "quantity": …, "price": Decimal or None}]` without the empty lines."""

    widget = MaterialsInput

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = [line for line in value or [] if any(line.values())]
        if len(lines) > MOST_MATERIALS:
            raise ValidationError(_("At most %(most)d lines.") % {"most": MOST_MATERIALS})
        for line in lines:
            if not line["name"]:
                written = line["quantity"] or line["price"]
                raise ValidationError(_("What is “%(quantity)s” of?") % {"quantity": written[:LONGEST_QUANTITY]})
            if len(line["name"]) > LONGEST_MATERIAL or len(line["quantity"]) > LONGEST_QUANTITY:
                raise ValidationError(_("“%(name)s…” is too long.") % {"name": line["name"][:20]})
            quantity = quantity_in(line["quantity"])
            if quantity is not None and quantity <= 0:
                raise ValidationError(
                    _("“%(name)s”: the quantity must be more than nothing.") % {"name": line["name"][:20]}
                )
            if "\0" in line["name"] + line["quantity"]:
                raise ValidationError(_("Null characters are not allowed."))
        return [{**line, "price": _price_in(line)} for line in lines]


def _price_in(line: Line) -> Decimal | None:
    if not line["price"]:
        return None
    try:
        price: Decimal | None = PRICE.clean(line["price"])
    except ValidationError as error:
        raise ValidationError(
            _("“%(name)s”: %(sentence)s") % {"name": line["name"][:20], "sentence": error.messages[0]}
        ) from error
    if price is not None and quantity_in(line["quantity"]) is None:
        raise ValidationError(
            _("“%(name)s”: with a price the quantity begins with a number.") % {"name": line["name"][:20]}
        )
    return price


class CompleteForm(StepForm):
    ticks = forms.MultipleChoiceField(
        label=gettext_lazy("etiquette"), choices=Tick.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    check_list = forms.MultipleChoiceField(
        label=gettext_lazy("check list"), widget=forms.CheckboxSelectMultiple, required=False
    )
    missing_reason = long_text(gettext_lazy("why ticks are missing"), required=False, rows=2)
    photos_before = PhotosField(label=gettext_lazy("photos before"))
    photos_after = PhotosField(label=gettext_lazy("photos after"))
    result = long_text(gettext_lazy("what was done"), rows=2)
    reasons = ReasonsField(label=gettext_lazy("reasons"), required=False)
    materials = MaterialsField(label=gettext_lazy("material"), required=False)
    meter_reading = forms.CharField(label=gettext_lazy("meter reading"), max_length=100, required=False)
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
        used = usual_materials(self.case) if isinstance(self.case, WorkOrder) else []
        self.fields["materials"].widget.attrs["used"] = used
        self.fields["ticks"].is_needed_mostly = True  # type: ignore[attr-defined]
        self.fields["minutes"].widget.attrs["inputmode"] = "numeric"
        self.fields["minutes"].initial = _minutes_on_site(self.case)
        fill_from_memory(self.service_request, "rules")
        self._ask(self.service_request.rules)

    def _ask(self, rules: CategoryRules | None) -> None:
        """What the category asks of this job; the rest may stay away."""
        if rules is None or not rules.check_list:
            del self.fields["check_list"]
        else:
            items: Any = self.fields["check_list"]
            items.choices = [(item, item) for item in rules.check_list]
        if rules is None or not (rules.check_list or rules.evidence):
            del self.fields["reasons"]
        else:
            reasons: Any = self.fields["reasons"]
            reasons.ask(rules)
        if rules is None or RequiredEvidence.METER not in rules.evidence:
            del self.fields["meter_reading"]
        for kind, name in FIELDS.items():
            if rules is not None and kind in rules.evidence:
                self.fields[name].is_needed_mostly = True  # type: ignore[attr-defined]
                self.fields[name].help_text = _("Required for this category; or say why it is missing.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = Given(cleaned.get("check_list") or (), {name for name in FIELDS.values() if cleaned.get(name)})
        reasons = cleaned.get("reasons") or Reasons()
        for name, label in missing_from(self.service_request.rules, given, reasons):
            self.add_error(name, str(self._lacking) % {"things": label})
        if len(cleaned.get("ticks") or []) < len(Tick) and not (cleaned.get("missing_reason") or "").strip():
            self.add_error("missing_reason", _("Tick all seven, or give one reason for those that are missing."))
        return cleaned

    @property
    def _lacking(self) -> Any:
        """A page that was opened before the category asked for this has no line to say why."""
        reasons = self.fields.get("reasons")
        is_old = reasons is not None and reasons.widget.value_omitted_from_data(self.data, self.files, "reasons")
        return MISSING_ON_OLD_SHEET if is_old else STILL_MISSING

    def arguments(self) -> dict[str, Any]:
        given = {name: value for name, value in self.cleaned_data.items() if name != "reasons"}
        reasons = self.cleaned_data.get("reasons") or Reasons()
        why = {"evidence_reasons": reasons.evidence, "check_list_reasons": reasons.check_list}
        return {**given, **why, "ticks": dict.fromkeys(given["ticks"], True)}


def usual_materials(work_order: WorkOrder) -> list[dict[str, str]]:
    """What jobs of this category used most, the price list's materials of it after them: a tap instead of typing."""
    used = MATERIALS_USED.rows(category=work_order.service_request.category_id)
    lines = [line for row in used for line in row["materials"]]
    counted = Counter(line["name"] for line in lines)
    listed = _listed_for(work_order)
    names = list(dict.fromkeys([*(name for name, _n in counted.most_common(MOST_OFFERED)), *listed]))[:MOST_OFFERED]
    # The last line of that name says how it is measured and what it cost.
    last = {line["name"]: line for line in reversed(lines)}
    return [_offered(name, last.get(name), listed.get(name)) for name in names]


def _listed_for(work_order: WorkOrder) -> dict[str, ServicePrice]:
    request, known = work_order.service_request, dict[str, ServicePrice]()
    today = timezone.localdate()
    for price in MATERIALS_LISTED.rows(on=today, project=request.project_id, category=request.category_id):
        known.setdefault(price.item.name, price)
    return known


def _materials_used(category: int) -> Any:
    rows = WorkCompletion.objects.filter(work_order__service_request__category=category).exclude(materials=[])
    return rows.order_by("-pk").values("materials")[:RECENT_COMPLETIONS]


def _materials_listed(on: date, project: int, category: int) -> Any:
    rows = ServicePrice.objects.on(on).holding_in(project).select_related("item")
    return rows.filter(item__in=ServiceItem.objects.active().materials(), item__category=category)


MATERIALS_USED: Statement[dict[str, Any]] = Statement(_materials_used, category=int)
MATERIALS_LISTED: Statement[ServicePrice] = Statement(_materials_listed, on=date, project=int, category=int)


def _offered(name: str, last: dict[str, Any] | None, listed: ServicePrice | None) -> dict[str, str]:
    """What the list says of it today, else what was written last."""
    if listed is not None:
        quantity, price = f"1 {listed.item.measure}", str(listed.amount)
    else:
        quantity, price = str((last or {}).get("quantity", "")), str((last or {}).get("price", ""))
    return {"name": name, "price": price, "values": f"{name}\n{quantity}\n{price}"}


def _minutes_on_site(case: Any) -> int | None:
    """What the operation would count; before the arrival nothing is preset."""
    if not isinstance(case, WorkOrder) or case.state != WorkState.ON_SITE:
        return None
    return case.stages.minutes_on_site(until=timezone.now())
