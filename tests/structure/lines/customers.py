from gongying.customers.models import (
    Consent,
    ContactPoint,
    HouseholdWarning,
    Occupancy,
    Party,
    PartyMerge,
    PartyRole,
    ProfileAttribute,
    Vehicle,
)
from gongying.customers.operations import create_party, merge_parties, warn_of
from tests.structure.url_matrix import Sample, action, page


def _place(sample: Sample) -> dict[str, object]:
    unit = sample.unit
    return {"project": unit.project, "building": unit.building, "entrance": unit.entrance, "unit": unit}


def a_vehicle(sample: Sample) -> Vehicle:
    return Vehicle.objects.create(plate="京A12345", party=sample.party, during=("2026-01-01", None), **_place(sample))


def a_number(sample: Sample) -> ContactPoint:
    return ContactPoint.objects.create(party=sample.party, value="+8613800009999")


def a_consent(sample: Sample) -> Consent:
    return Consent.objects.create(
        party=sample.party, purpose="profile", text_version="1", channel="paper", recorded_by=sample.user
    )


def an_attribute(sample: Sample) -> ProfileAttribute:
    return ProfileAttribute.objects.create(
        party=sample.party, kind="occupation", value="教师", source="本人", consent=sample.get("consent")
    )


def a_merge(sample: Sample) -> PartyMerge:
    double: Party = create_party(by=sample.user, name="周建华", project=sample.unit.project, unit=sample.unit)
    return merge_parties(sample.party, merged=double, by=sample.user)


def a_warning(sample: Sample) -> HouseholdWarning:
    return warn_of(sample.unit, kind="dog", by=sample.user)


OBJECTS = {
    "warning": a_warning,
    "party": lambda sample: sample.party,
    "occupancy": lambda sample: Occupancy.objects.get(unit=sample.unit),
    "party_role": lambda sample: PartyRole.objects.get(unit=sample.unit, party=sample.party),
    "number": a_number,
    "vehicle": a_vehicle,
    "consent": a_consent,
    "attribute": an_attribute,
    "merge": a_merge,
}
FILES = "customers.view_files"
EDIT = "customers.edit_files"
MOVE = "customers.move_household"
MERGE = "customers.merge_parties"
PHONE = "customers.reveal_phone"

LINES = [
    page("customers:unit-index", needs=FILES),
    page("customers:household-show", pk="unit", needs=FILES),
    page("customers:move-create", pk="unit", needs=MOVE),
    action("customers:move-create", pk="unit", needs=MOVE),
    page("customers:ownership-transfer", pk="unit", needs=MOVE),
    action("customers:ownership-transfer", pk="unit", needs=MOVE),
    page("customers:warning-index", pk="unit", needs=FILES),
    page("customers:warning-create", pk="unit", needs=EDIT),
    action("customers:warning-create", pk="unit", needs=EDIT),
    action("customers:warning-end", pk="warning", needs=EDIT),
    page("customers:vehicle-create", pk="unit", needs=EDIT),
    action("customers:vehicle-create", pk="unit", needs=EDIT),
    page("customers:occupancy-end", pk="occupancy", needs=MOVE),
    action("customers:occupancy-end", pk="occupancy", needs=MOVE),
    page("customers:member-create", pk="occupancy", needs=EDIT),
    action("customers:member-create", pk="occupancy", needs=EDIT),
    page("customers:contact-choose", pk="occupancy", needs=EDIT),
    action("customers:contact-choose", pk="occupancy", needs=EDIT),
    page("customers:party-index", needs=FILES),
    page("customers:party-create", needs=EDIT),
    action("customers:party-create", needs=EDIT),
    page("customers:internal-create", needs=EDIT),
    action("customers:internal-create", needs=EDIT),
    page("customers:duplicate-index", needs=EDIT),
    page("customers:party-show", pk="party", needs=FILES),
    page("customers:party-edit", pk="party", needs=EDIT),
    action("customers:party-edit", pk="party", needs=EDIT),
    page("customers:party-destroy", pk="party", needs=MERGE),
    action("customers:party-destroy", pk="party", needs=MERGE),
    page("customers:role-create", pk="party", needs=EDIT),
    action("customers:role-create", pk="party", needs=EDIT),
    page("customers:contact-create", pk="party", needs=EDIT),
    action("customers:contact-create", pk="party", needs=EDIT),
    page("customers:identity-reveal", pk="party", needs="customers.reveal_identity"),
    action("customers:identity-reveal", pk="party", needs="customers.reveal_identity"),
    page("customers:consent-create", pk="party", needs=EDIT),
    action("customers:consent-create", pk="party", needs=EDIT),
    page("customers:attribute-create", pk="party", needs="customers.view_profile"),
    action("customers:attribute-create", pk="party", needs="customers.view_profile"),
    page("customers:headcount-create", pk="party", needs=MOVE),
    action("customers:headcount-create", pk="party", needs=MOVE),
    page("customers:merge-create", pk="party", needs=MERGE),
    page("customers:role-end", pk="party_role", needs=MOVE),
    action("customers:role-end", pk="party_role", needs=MOVE),
    page("customers:contact-edit", pk="number", needs=EDIT),
    action("customers:contact-edit", pk="number", needs=EDIT),
    action("customers:contact-destroy", pk="number", needs=EDIT),
    action("customers:contact-reveal", pk="number", needs=PHONE),
    action("customers:call-create", pk="number", needs=PHONE),
    action("customers:consent-withdraw", pk="consent", needs=EDIT),
    action("customers:attribute-destroy", pk="attribute", needs="customers.view_profile"),
    action("customers:merge-undo", pk="merge", needs=MERGE),
    page("customers:vehicle-index", needs=FILES),
    page("customers:vehicle-edit", pk="vehicle", needs=EDIT),
    action("customers:vehicle-edit", pk="vehicle", needs=EDIT),
    page("customers:vehicle-end", pk="vehicle", needs=EDIT),
    action("customers:vehicle-end", pk="vehicle", needs=EDIT),
    action("customers:vehicle-call", pk="vehicle", needs=PHONE),
]
