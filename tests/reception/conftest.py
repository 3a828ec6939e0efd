from collections.abc import Callable
from typing import Any

import pytest

from gongying.reception.models import ReceptionTicket, VisitPurpose
from gongying.reception.operations import register_arrival


@pytest.fixture
def purpose(db: None) -> Callable[[str], VisitPurpose]:
    return lambda key: VisitPurpose.objects.get(project=None, key=key)


@pytest.fixture
def arrive(cast: Any, purpose: Callable[[str], VisitPurpose]) -> Callable[..., ReceptionTicket]:
    """`arrive("payment")`: somebody has come to the counter of 阳光小区."""

    def arrive(key: str = "payment", **more: Any) -> ReceptionTicket:
        facts = {"by": cast.receptionist, "project": cast.sunshine, "purpose": purpose(key)}
        return register_arrival(**{**facts, **more})

    return arrive
