from typing import Annotated

from django.utils.translation import gettext as _
from ninja import Field, Router

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Id,
    Input,
    Moment,
    Output,
    line,
    named_row,
    named_row_if,
)
from gongying.common.problems import invalid_field
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party
from gongying.interactions.circumstances import Attendee, Circumstances
from gongying.interactions.enums import (
    Form,
    JourneyStage,
    Method,
    PlaceKind,
)
from gongying.interactions.models import (
    LONGEST_VENUE,
    ContactReason,
    Interaction,
    Participant,
)
from gongying.organization.models import StaffMember

router = Router(tags=["interactions"])


class ParticipantOut(Output):
    """Who took part besides the one who spoke and the one who listened."""

    name: str = Field(examples=["Secretary Wang"])
    user_id: int | None = Field(description="A colleague", examples=[None])
    party_id: int | None = Field(examples=[31])
    role: RoleKind | None = Field(examples=["residents_committee"])

    @staticmethod
    def resolve_role(row: Participant) -> str | None:
        return row.role or None


class ParticipantIn(Input):
    name: Annotated[str, line(100)] = Field(examples=["Secretary Wang"])
    user_id: Id | None = Field(None, description="A colleague", examples=[None])
    party_id: Id | None = Field(None, examples=[None])
    role: RoleKind | None = Field(None, examples=["residents_committee"])

    def attendee(self, request: SignedInRequest) -> Attendee:
        staff = StaffMember.objects.employed().select_related("user")
        pk = StaffMember.objects.filter(user=self.user_id).values_list("pk", flat=True).first() if self.user_id else 0
        user = named_row(staff, pk or 0, "user_id").user if self.user_id else None
        party = named_row_if(Party.objects.visible_to(request.user), self.party_id, "party_id")
        if user is not None and party is not None:
            raise invalid_field("party_id", _("Somebody takes part on one side only."), code="conflict")
        return Attendee(self.name, user, party, self.role or "")


class CircumstancesIn(Input):
    """What is left out is derived from the channel, the words and the customer."""

    ended_at: Moment | None = Field(None, examples=["2026-11-21T14:36:00+08:00"])
    place_kind: PlaceKind | None = None
    venue: Annotated[str, line(LONGEST_VENUE, shortest=0)] = Field("", examples=[""])
    form: Form | None = None
    methods: list[Method] | None = Field(None, max_length=len(Method), examples=[["listening", "talking"]])
    reason_code_id: Id | None = Field(None, examples=[6])
    journey_stage: JourneyStage | None = None
    counterpart: RoleKind | None = Field(None, examples=["owner"])
    thread_id: Id | None = Field(None, description="An entry of the same conversation", examples=[None])
    participants: list[ParticipantIn] = Field([], max_length=100)

    def said(self, request: SignedInRequest) -> Circumstances:
        return Circumstances(
            ended_at=self.ended_at,
            place_kind=self.place_kind or "",
            venue=self.venue,
            form=self.form or "",
            methods=self.methods,
            reason_code=named_row_if(
                ContactReason.objects.visible_to(request.user).in_use(), self.reason_code_id, "reason_code_id"
            ),
            journey_stage=self.journey_stage or "",
            counterpart=self.counterpart or "",
            thread=named_row_if(
                Interaction.objects.visible_to(request.user).select_related("thread"), self.thread_id, "thread_id"
            ),
            participants=[participant.attendee(request) for participant in self.participants],
        )


class ReasonOut(Output):
    """Why customers come, in their words."""

    id: int = Field(examples=[6])
    number: int | None = Field(description="Without one it is no longer offered", examples=[6])
    name: str = Field(examples=["The lift is broken"])
    words: str = Field(description="What it is recognised by", examples=["lift stuck"])
    journey_stage: JourneyStage
    department_id: int | None = Field(description="Who can make such contacts fewer", examples=[2])


@router.get("/contact-reasons", response=list[ReasonOut], summary="Why customers come")
def list_contact_reasons(request: SignedInRequest) -> list[ContactReason]:
    """At most forty in use; those without a number are no longer offered."""
    return list(ContactReason.objects.visible_to(request.user))
