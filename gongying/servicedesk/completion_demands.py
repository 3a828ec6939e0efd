"""What a finished job must prove under the rules its request runs under, and what of it is missing without a reason."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise

from gongying.servicedesk.enums import RequiredEvidence
from gongying.servicedesk.models import CategoryRules

# Which field of the sheet gives it.
FIELDS = {
    RequiredEvidence.PHOTO_BEFORE: "photos_before",
    RequiredEvidence.PHOTO_AFTER: "photos_after",
    RequiredEvidence.SIGNATURE: "signature",
    RequiredEvidence.METER: "meter_reading",
}


@dataclass(frozen=True)
class Reasons:
    """Why something is not there: each thing has a reason of its own, by the kind of evidence or the item of the list."""

    evidence: Mapping[str, str] = field(default_factory=dict)
    check_list: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Given:
    """What was handed in: the items ticked, and the fields that hold something."""

    items: Collection[str] = ()
    fields: Collection[str] = field(default_factory=set)

    def excused_by(self, rules: CategoryRules | None, reasons: Reasons) -> Reasons:
        """The reasons that are needed: one for what is there, or was never asked for, says nothing."""
        if rules is None:
            return Reasons()
        missing = [kind for kind, name in FIELDS.items() if kind in rules.evidence and name not in self.fields]
        items = [item for item in rules.check_list if item not in self.items]
        return Reasons(_said(reasons.evidence, missing), _said(reasons.check_list, items))


def missing_from(rules: CategoryRules | None, given: Given, reasons: Reasons) -> Iterator[tuple[str, str | Promise]]:
    """The field of the sheet and the name of each thing that is asked for, not there, and without a reason."""
    if rules is None:
        return
    excused = given.excused_by(rules, reasons)
    for item in rules.check_list:
        if item not in given.items and item not in excused.check_list:
            yield "check_list", item
    for kind, name in FIELDS.items():
        if kind in rules.evidence and name not in given.fields and kind not in excused.evidence:
            yield name, kind.label


def _said(reasons: Mapping[str, str], names: Collection[str]) -> dict[str, str]:
    return {str(name): reasons[name].strip() for name in names if reasons.get(name, "").strip()}
