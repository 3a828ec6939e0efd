"""The register of keys for machines: a key cabinet."""

from typing import Annotated, Any

from ninja import Field, Query, Router, Status

from gongying.accounts.requests import SignedInRequest
from gongying.common.api import (
    Change,
    Id,
    Input,
    Listed,
    Moment,
    Output,
    Paging,
    PathId,
    PhoneNumber,
    Whole,
    current_if_stale,
    line,
    matching,
    named_row,
    named_row_if,
    optional,
    page,
    row_or_404,
)
from gongying.common.permissions import authorize
from gongying.custody.enums import KeyEnding, KeyKind
from gongying.custody.models import LONGEST_BORROWER, LONGEST_NOTE, LONGEST_TAG, Key, KeyLoan
from gongying.custody.models.keys import MOST_ON_A_RING
from gongying.custody.operations import change_key, end_key, extend_loan, lend_key, register_key, return_key
from gongying.custody.rules import KEEP_KEYS
from gongying.customers.masking import masked_phone
from gongying.estates.models import Unit
from gongying.estates.scopes import projects_served_whole
from gongying.organization.models import StaffMember

router = Router(tags=["keys"])

Note = Annotated[str, line(LONGEST_NOTE, shortest=0), Field(examples=["Hangs in the left cabinet"])]
Tag = Annotated[str, line(LONGEST_TAG), Field(examples=["A-12"])]
Ring = Annotated[Whole, Field(ge=1, le=MOST_ON_A_RING, examples=[2])]


class KeyOut(Output):
    """A key, or a ring of them, by the number on its tag."""

    id: int = Field(examples=[12])
    version: int = Field(examples=[1])
    project_id: int = Field(examples=[1])
    kind: KeyKind
    tag: str = Field(examples=["A-12"])
    unit_id: int | None = Field(examples=[17])
    opens: str = Field(examples=["front door"])
    number_of_keys: int = Field(examples=[2])
    entrusted_by: str = Field(examples=["Mr Zhou"])
    note: str = Field(examples=[""])
    received_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    ended_at: Moment | None = Field(description="Since then in the register no more", examples=[None])
    ending: KeyEnding | None = Field(examples=[None])

    @staticmethod
    def resolve_ending(key: Key) -> str | None:
        return key.ending or None


class KeyIn(Input):
    project_id: Id
    kind: KeyKind
    tag: Tag
    unit_id: Id | None = Field(None, description="Of every key but those of common parts")
    opens: Note = ""
    number_of_keys: Ring = 1
    entrusted_by: Annotated[str, line(LONGEST_BORROWER, shortest=0), Field(examples=["Mr Zhou"])] = ""
    note: Note = ""


class KeyChange(Change):
    kind: KeyKind = optional()
    tag: Tag = optional()
    unit_id: Id | None = optional()
    opens: Note = optional()
    number_of_keys: Ring = optional()
    entrusted_by: Annotated[str, line(LONGEST_BORROWER, shortest=0), Field(examples=["Mr Zhou"])] = optional()
    note: Note = optional()


class KeyLoanOut(Output):
    """Who has a key, or had it."""

    id: int = Field(examples=[40])
    key_id: int = Field(examples=[12])
    borrower_id: int | None = Field(description="Staff member; null: somebody from outside", examples=[5])
    holder: str = Field(examples=["Worker Zhang"])
    borrower_phone: str = Field(description="Masked", examples=["138****0000"])
    reason: str = Field(examples=["Repair of the kitchen tap"])
    lent_by_id: int = Field(description="User", examples=[3])
    lent_at: Moment = Field(examples=["2026-11-22T09:00:00+08:00"])
    due_at: Moment = Field(examples=["2026-11-22T18:00:00+08:00"])
    is_overdue: bool = Field(examples=[False])
    returned_at: Moment | None = Field(examples=[None])
    return_note: str = Field(examples=[""])

    @staticmethod
    def resolve_borrower_phone(loan: KeyLoan) -> str:
        return masked_phone(loan.borrower_phone)


class KeyLoanIn(Input):
    borrower_id: Id | None = Field(None, description="Staff member")
    borrower_name: Annotated[str, line(LONGEST_BORROWER, shortest=0), Field(examples=["Fitter Li"])] = ""
    borrower_phone: PhoneNumber = Field("", description="Of somebody from outside", examples=["13800000000"])
    reason: Annotated[str, line(LONGEST_NOTE), Field(examples=["Repair of the kitchen tap"])]
    due_at: Moment = Field(examples=["2026-11-22T18:00:00+08:00"])


class KeyLoanExtensionIn(Input):
    due_at: Moment = Field(examples=["2026-11-23T18:00:00+08:00"])


class KeyReturnIn(Input):
    note: Note = ""


class KeyEndIn(Input):
    ending: KeyEnding
    note: Note = ""


class KeyQuery(Paging):
    project_id: PathId | None = None
    unit_id: PathId | None = None
    kind: KeyKind | None = None
    is_lent: bool | None = Field(None, description="Somebody has it now")


class KeyLoanQuery(Paging):
    key_id: PathId | None = None
    is_open: bool | None = Field(None, description="Not returned yet")


def _keys(request: SignedInRequest) -> Any:
    authorize(request.user, KEEP_KEYS)
    return Key.objects.visible_to(request.user).select_related("project", "unit")


def _loan(request: SignedInRequest, loan_id: int) -> KeyLoan:
    authorize(request.user, KEEP_KEYS)
    return row_or_404(KeyLoan.objects.visible_to(request.user).for_page(), loan_id)


@router.get("/keys", response=Listed[KeyOut])
def list_keys(request: SignedInRequest, query: Annotated[KeyQuery, Query()]) -> dict[str, Any]:
    """Those in the register, by the number on the tag."""
    keys = _keys(request).kept()
    if query.is_lent is not None:
        keys = keys.lent() if query.is_lent else keys.at_hand()
    rows = matching(keys, query, "project_id", "unit_id", "kind")
    return page(rows, query, order=("tag", "id"))


@router.post("/keys", response={201: KeyOut}, summary="Take a key into the register")
def create_key(request: SignedInRequest, body: KeyIn) -> Status[Key]:
    authorize(request.user, KEEP_KEYS)
    facts = body.model_dump(exclude={"project_id", "unit_id"})
    project = named_row(projects_served_whole(request.user), body.project_id, "project_id")
    unit = named_row_if(Unit.objects.visible_to(request.user), body.unit_id, "unit_id")
    return Status(201, register_key(by=request.user, project=project, unit=unit, **facts))


@router.get("/keys/{int:key_id}", response=KeyOut)
def show_key(request: SignedInRequest, key_id: PathId) -> Any:
    return row_or_404(_keys(request), key_id)


@router.patch("/keys/{int:key_id}", response=KeyOut)
def update_key(request: SignedInRequest, key_id: PathId, body: KeyChange) -> Key:
    key: Key = row_or_404(_keys(request), key_id)
    names = ("kind", "tag", "opens", "number_of_keys", "entrusted_by", "note")
    given = body.changes()
    facts: dict[str, Any] = {name: given.get(name, getattr(key, name)) for name in names}
    facts["unit"] = key.unit
    if "unit_id" in given:
        facts["unit"] = named_row_if(Unit.objects.visible_to(request.user), given["unit_id"], "unit_id")
    with current_if_stale(key, KeyOut):
        return change_key(key, by=request.user, seen=body.version, **facts)


@router.post("/keys/{int:key_id}/end", response=KeyOut, summary="Take a key out of the register")
def create_key_end(request: SignedInRequest, key_id: PathId, body: KeyEndIn) -> Key:
    """A key that is lent comes back first, unless it was lost."""
    return end_key(row_or_404(_keys(request), key_id), by=request.user, **body.model_dump())


@router.get("/key-loans", response=Listed[KeyLoanOut])
def list_key_loans(request: SignedInRequest, query: Annotated[KeyLoanQuery, Query()]) -> dict[str, Any]:
    """The newest first."""
    authorize(request.user, KEEP_KEYS)
    rows = matching(KeyLoan.objects.visible_to(request.user).for_page(), query, "key_id")
    if query.is_open is not None:
        rows = rows.filter(returned_at__isnull=query.is_open)
    return page(rows, query, order=("-lent_at", "-id"))


@router.post("/keys/{int:key_id}/loans", response={201: KeyLoanOut}, summary="Lend a key")
def create_key_loan(request: SignedInRequest, key_id: PathId, body: KeyLoanIn) -> Status[KeyLoan]:
    """Of several who ask at once one gets it; the others get 409 and learn who has it."""
    key = row_or_404(_keys(request), key_id)
    borrower = named_row_if(StaffMember.objects.employed(), body.borrower_id, "borrower_id")
    facts = body.model_dump(exclude={"borrower_id"})
    return Status(201, lend_key(key, by=request.user, borrower=borrower, **facts))


@router.post("/key-loans/{int:loan_id}/extension", response=KeyLoanOut, summary="A key is needed longer")
def create_key_loan_extension(request: SignedInRequest, loan_id: PathId, body: KeyLoanExtensionIn) -> KeyLoan:
    return extend_loan(_loan(request, loan_id), by=request.user, due_at=body.due_at)


@router.post("/key-loans/{int:loan_id}/return", response=KeyLoanOut, summary="A key is back")
def create_key_return(request: SignedInRequest, loan_id: PathId, body: KeyReturnIn) -> KeyLoan:
    return return_key(_loan(request, loan_id), by=request.user, note=body.note)
