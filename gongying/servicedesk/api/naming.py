"""The rows that nearly every registration names, found with statements that are put together once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from gongying.accounts.models import User
from gongying.common.api import NOT_THERE
from gongying.common.problems import invalid_field
from gongying.common.statements import Statement, statement_of
from gongying.customers.models import Party
from gongying.estates.models import Unit
from gongying.servicedesk.operations.price_agreements import AmountNeeded

Named = TypeVar("Named", Unit, Party)


def named_unit(user: User, pk: int | None) -> Unit | None:
    units: Statement[Unit] = statement_of(
        user,
        "units with entrance",
        lambda pk: Unit.objects.visible_to(user).select_related("entrance").filter(pk=pk),
        pk=int,
    )
    return None if pk is None else _found(units, pk, "unit_id")


def named_party(user: User, pk: int | None) -> Party | None:
    parties: Statement[Party] = statement_of(
        user, "customers", lambda pk: Party.objects.visible_to(user).filter(pk=pk), pk=int
    )
    return None if pk is None else _found(parties, pk, "party_id")


def _found(rows: Statement[Named], pk: int, field: str) -> Named:
    row = rows.first(pk=pk)
    if row is None:
        raise invalid_field(field, str(NOT_THERE))
    return row


@contextmanager
def naming_the_amount() -> Iterator[None]:
    try:
        yield
    except AmountNeeded as refusal:
        raise invalid_field("agreed_amount", str(refusal), code="missing") from refusal
