from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request
from tests.conftest import Cast
from tests.prices import AGREED
from tests.servicedesk.entry_forms import CREATE, sent


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Refusals are compared in the language of the code, whether or not the catalogues are compiled."""
    with translation.override("en"):
        yield


@pytest.fixture
def category(db: None) -> Callable[[str], ServiceCategory]:
    return lambda code: ServiceCategory.objects.get(code=code)


@pytest.fixture
def register(cast: Cast) -> Callable[..., ServiceRequest]:
    """A request as the receptionist enters it: 周先生's kitchen tap unless the test says otherwise."""

    def register(**given: Any) -> ServiceRequest:
        category = given.pop("category", "home-plumbing-leak")
        facts = {
            "by": cast.receptionist,
            "kind": "repair",
            "text": "厨房水管漏水",
            "channel": "phone",
            **AGREED,
            "unit": None if "project" in given else cast.unit,
            "party": cast.zhou,
        }
        return register_request(**{**facts, "category": ServiceCategory.objects.get(code=category), **given})

    return register


@pytest.fixture
def settle() -> Callable[[], None]:
    """Run the deferred checks now, as a commit would."""

    def settle() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    return settle


@pytest.fixture
def desk(cast: Cast, client_of: Callable[..., Client]) -> Client:
    """The receptionist's browser."""
    return client_of(cast.receptionist)


@pytest.fixture
def known(cast: Cast, desk: Client) -> ServiceRequest:
    """What a neighbour of the entrance reported before."""
    desk.post(CREATE, sent(cast, action="request", text="停水了", token="9f0f7c53-6a41-4d0e-9f1c-0d9d6b1a0099"))
    return ServiceRequest.objects.get()
