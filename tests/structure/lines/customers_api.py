from gongying.customers.models import (
    Consent,
    ContactPoint,
    Occupancy,
    Party,
    PartyMerge,
    PartyRole,
    Vehicle,
)
from gongying.customers.operations import create_party, give_consent, merge_parties, register_vehicle
from tests.structure.url_matrix import Sample, api

DAY = "2026-12-01"


def a_role(sample: Sample) -> PartyRole:
    return PartyRole.objects.get(party=sample.party)


def a_point(sample: Sample) -> ContactPoint:
    return sample.party.contact_points.get()


def an_occupancy(sample: Sample) -> Occupancy:
    return Occupancy.objects.get(unit=sample.unit)


def a_vehicle(sample: Sample) -> Vehicle:
    project = sample.unit.project
    return register_vehicle(sample.party, plate="浙A12345", project=project, unit=sample.unit, by=sample.user)


def a_consent(sample: Sample) -> Consent:
    return give_consent(sample.party, purpose="profile", by=sample.user, text_version="1", channel="paper")


def a_relative(sample: Sample) -> Party:
    return create_party(by=sample.user, name="亲戚", project=sample.unit.project, unit=sample.unit)


def a_merge(sample: Sample) -> PartyMerge:
    return merge_parties(sample.party, merged=a_relative(sample), by=sample.user)


def a_party_body(sample: Sample) -> dict[str, object]:
    return {"name": "新客户", "project_id": sample.unit.project_id, "unit_id": sample.unit.pk}


OBJECTS = {
    "party_role": a_role,
    "contact_point": a_point,
    "occupancy": an_occupancy,
    "vehicle": a_vehicle,
    "consent": a_consent,
    "merge": a_merge,
}
VIEW = "customers.view_files"
EDIT = "customers.edit_files"
MOVE = "customers.move_household"
MERGE = "customers.merge_parties"
PROFILE = "customers.view_profile"
REVEAL = "customers.reveal_phone"
PARTY = {"party_id": "party"}
POINT = {"point_id": "contact_point"}
HOME = {"occupancy_id": "occupancy"}
CAR = {"vehicle_id": "vehicle"}

LINES = [
    api("GET /parties", needs=VIEW),
    api("POST /parties", needs=EDIT, data=a_party_body, allowed=(201,)),
    api("GET /parties/{party_id}", needs=VIEW, **PARTY),
    api("PATCH /parties/{party_id}", needs=EDIT, data={"version": 1, "note": "好"}, **PARTY),
    api(
        "POST /parties/{party_id}/identity-views",
        needs="customers.reveal_identity",
        data={"reason": "核对"},
        allowed=(409,),
        reason="the sample has no identity number",
        **PARTY,
    ),
    api(
        "POST /parties/{party_id}/deletion",
        needs=MERGE,
        data={"reason": "重复"},
        allowed=(409,),
        reason="somebody lives there",
        **PARTY,
    ),
    api("GET /party-duplicates", needs=EDIT),
    api("GET /parties/{party_id}/roles", needs=VIEW, **PARTY),
    api(
        "POST /parties/{party_id}/roles",
        needs=EDIT,
        data=lambda sample: {"role": "contact", "project_id": sample.unit.project_id},
        allowed=(201,),
        **PARTY,
    ),
    api("POST /roles/{role_id}/end", role_id="party_role", needs=MOVE, data={"on": DAY}),
    api("GET /parties/{party_id}/headcounts", needs=VIEW, **PARTY),
    api(
        "POST /parties/{party_id}/headcounts",
        needs=MOVE,
        data=lambda sample: {"project_id": sample.unit.project_id, "heads": 3, "on": DAY},
        allowed=(201,),
        **PARTY,
    ),
    api("GET /parties/{party_id}/contact-points", needs=VIEW, **PARTY),
    api("POST /parties/{party_id}/contact-points", needs=EDIT, data={"value": "13712345678"}, allowed=(201,), **PARTY),
    api("GET /contact-points/{point_id}", needs=VIEW, **POINT),
    api("PATCH /contact-points/{point_id}", needs=EDIT, data={"version": 1, "label": "家"}, **POINT),
    api("DELETE /contact-points/{point_id}", needs=EDIT, allowed=(204,), data={}, **POINT),
    api("POST /contact-points/{point_id}/views", needs=REVEAL, data={}, **POINT),
    api("POST /contact-points/{point_id}/calls", needs=REVEAL, data={}, **POINT),
    api("GET /occupancies", needs=VIEW),
    api("GET /occupancies/{occupancy_id}", needs=VIEW, **HOME),
    api("GET /occupancies/{occupancy_id}/members", needs=VIEW, **HOME),
    api(
        "POST /occupancies/{occupancy_id}/members",
        needs=MOVE,
        data=lambda sample: {"party_id": a_relative(sample).pk, "since": DAY},
        **HOME,
    ),
    api("GET /occupancies/{occupancy_id}/contact-choices", needs=VIEW, **HOME),
    api(
        "PUT /occupancies/{occupancy_id}/contact-choices/{purpose}",
        purpose="=repair",
        needs=EDIT,
        data=lambda sample: {"contact_point_id": sample.get("contact_point").pk},
        **HOME,
    ),
    api(
        "DELETE /occupancies/{occupancy_id}/contact-choices/{purpose}",
        purpose="=repair",
        needs=EDIT,
        data={},
        allowed=(204,),
        **HOME,
    ),
    api(
        "POST /units/{unit_id}/move-ins",
        unit_id="unit",
        needs=MOVE,
        data=lambda sample: {"on": DAY, "kind": "leased", "head_id": sample.party.pk},
        allowed=(409,),
        reason="somebody lives there",
    ),
    api("POST /occupancies/{occupancy_id}/move-out", needs=MOVE, data={"on": DAY}, **HOME),
    api(
        "POST /units/{unit_id}/ownership-transfers",
        unit_id="unit",
        needs=MOVE,
        data=lambda sample: {"on": DAY, "owners": [{"party_id": a_relative(sample).pk, "share": "1"}]},
        allowed=(201,),
    ),
    api("GET /balances", needs="customers.view_balances"),
    api("GET /units/{unit_id}/warnings", unit_id="unit", needs=VIEW),
    api("POST /units/{unit_id}/warnings", unit_id="unit", needs=EDIT, data={"kind": "dog"}, allowed=(201,)),
    api("POST /warnings/{warning_id}/end", warning_id="warning", needs=EDIT, data={}),
    api("GET /vehicles", needs=VIEW),
    api(
        "POST /vehicles",
        needs=EDIT,
        data=lambda sample: {
            "plate": "浙B12345",
            "project_id": sample.unit.project_id,
            "party_id": sample.party.pk,
        },
        allowed=(201,),
    ),
    api("GET /vehicles/{vehicle_id}", needs=VIEW, **CAR),
    api("PATCH /vehicles/{vehicle_id}", needs=EDIT, data={"version": 1, "description": "白色"}, **CAR),
    api("POST /vehicles/{vehicle_id}/end", needs=EDIT, data={"on": DAY}, **CAR),
    api("POST /vehicles/{vehicle_id}/calls", needs=REVEAL, data={}, **CAR),
    api("GET /parties/{party_id}/consents", needs=VIEW, **PARTY),
    api(
        "POST /parties/{party_id}/consents",
        needs=EDIT,
        data={"purpose": "care", "text_version": "1", "channel": "paper"},
        allowed=(201,),
        **PARTY,
    ),
    api("POST /consents/{consent_id}/withdrawal", consent_id="consent", needs=EDIT, data={}),
    api("GET /parties/{party_id}/profile", needs=PROFILE, **PARTY),
    api(
        "PUT /parties/{party_id}/profile/{kind}",
        kind="=age_band",
        needs=PROFILE,
        data={"value": "60-69", "source": "本人"},
        allowed=(409,),
        reason="no consent",
        **PARTY,
    ),
    api("DELETE /parties/{party_id}/profile/{kind}", kind="=age_band", needs=PROFILE, data={}, allowed=(204,), **PARTY),
    api("GET /parties/{party_id}/merges", needs=VIEW, **PARTY),
    api(
        "POST /parties/{party_id}/merges",
        needs=MERGE,
        data=lambda sample: {"merged_id": a_relative(sample).pk},
        allowed=(201,),
        **PARTY,
    ),
    api("POST /merges/{merge_id}/undo", merge_id="merge", needs=MERGE, data={}),
]
