from typing import Annotated, Any

from django.db.models import QuerySet
from ninja import Field, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Flag,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    PagingQuery,
    PathId,
    line,
    named_row_if,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.customers.api import parties
from gongying.customers.enums import ConsentPurpose, ProfileKind
from gongying.customers.models import Consent, ProfileAttribute
from gongying.customers.operations import give_consent, remove_attribute, set_attribute, withdraw_consent

router = Router(tags=["customers"])


class ConsentOut(Output):
    id: int = Field(examples=[3])
    party_id: int = Field(examples=[5])
    purpose: ConsentPurpose
    text_version: str = Field(examples=["2026-1"])
    channel: str = Field(examples=["paper"])
    is_for_child: bool = Field(examples=[False])
    guardian_id: int | None = Field(examples=[None])
    given_at: Moment = Field(examples=["2026-11-21T14:30:00+08:00"])
    withdrawn_at: Moment | None = Field(examples=[None])


class ConsentIn(Input):
    purpose: ConsentPurpose
    text_version: Annotated[str, line(20)] = Field(examples=["2026-1"])
    channel: Annotated[str, line(20)] = Field(description="How it was given", examples=["paper"])
    is_for_child: Flag = Field(False, description="Under 14")
    guardian_id: Id | None = None


class AttributeOut(Output):
    """An optional fact about a person, with its source; it rests on a consent."""

    id: int = Field(examples=[6])
    party_id: int = Field(examples=[5])
    kind: ProfileKind
    value: str = Field(examples=["60-69"])
    source: str = Field(examples=["said at the counter"])
    consent_id: int = Field(examples=[3])


class AttributeIn(Input):
    value: Annotated[str, line(100)] = Field(examples=["60-69"])
    source: Annotated[str, line(100)] = Field(examples=["said at the counter"])


def visible(request: SignedInRequest) -> QuerySet[Consent]:
    consents: QuerySet[Consent] = Consent.objects.filter(party__in=parties.visible(request))
    return consents


@router.get("/parties/{int:party_id}/consents", response=Listed[ConsentOut])
def list_consents(request: SignedInRequest, party_id: PathId, query: PagingQuery) -> dict[str, Any]:
    party = row_or_404(parties.visible(request), party_id)
    return page(visible(request).filter(party=party), query, order=("id",))


@router.post("/parties/{int:party_id}/consents", response={201: ConsentOut})
def create_consent(request: SignedInRequest, party_id: PathId, body: ConsentIn) -> Status[Consent]:
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.edit_files")
    guardian = named_row_if(parties.visible(request), body.guardian_id, "guardian_id")
    fields = body.model_dump(exclude={"guardian_id"})
    return Status(201, give_consent(party, by=request.user, guardian=guardian, **fields))


@router.post("/consents/{int:consent_id}/withdrawal", response=ConsentOut)
def create_consent_withdrawal(request: SignedInRequest, consent_id: PathId) -> Consent:
    """What was stored by it is removed."""
    consent = row_or_404(visible(request), consent_id)
    authorize(request.user, "customers.edit_files")
    return withdraw_consent(consent, by=request.user)


@router.get("/parties/{int:party_id}/profile", response=list[AttributeOut])
def list_attributes(request: SignedInRequest, party_id: PathId) -> list[ProfileAttribute]:
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.view_profile")
    return list(party.profile.order_by("kind"))


@router.put("/parties/{int:party_id}/profile/{kind}", response=AttributeOut)
def put_attribute(request: SignedInRequest, party_id: PathId, kind: ProfileKind, body: AttributeIn) -> ProfileAttribute:
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.view_profile")
    authorize(request.user, "customers.edit_files")
    return set_attribute(party, kind=kind, by=request.user, **body.model_dump())


@router.delete("/parties/{int:party_id}/profile/{kind}", response={204: None})
def delete_attribute(request: SignedInRequest, party_id: PathId, kind: ProfileKind) -> Status[None]:
    party = row_or_404(parties.visible(request), party_id)
    authorize(request.user, "customers.view_profile")
    authorize(request.user, "customers.edit_files")
    for attribute in party.profile.filter(kind=kind):
        remove_attribute(attribute, by=request.user)
    return Status(204, None)
