"""What a finished job must prove under the rules its request runs under, and what of it is missing."""

from collections.abc import Collection, Iterator
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
class Given:
    """What was handed in: the items ticked, and the fields that hold something."""

    items: Collection[str] = ()
    fields: Collection[str] = field(default_factory=set)


def missing_from(rules: CategoryRules | None, given: Given) -> Iterator[tuple[str, str | Promise]]:
    """The field of the sheet and the name of each thing that is asked for and not there."""
    if rules is None:
        return
    for item in rules.check_list:
        if item not in given.items:
            yield "check_list", item
    for kind, name in FIELDS.items():
        if kind in rules.evidence and name not in given.fields:
            yield name, kind.label
