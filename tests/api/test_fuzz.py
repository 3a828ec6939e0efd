"""Schemathesis against every operation: no 5xx, and every answer as the description says.

Fixed seed and a share of the time for each operation, so that the whole takes about as long on any machine.
"""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.api import api
from config.wsgi import application
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import accept_request, register_request
from tests.api.conftest import token_for
from tests.conftest import Cast

SECONDS = 80.0
EXAMPLES = 12
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def description() -> dict[str, Any]:
    return json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))


SCHEMA = openapi.from_dict(description())
SCHEMA.app = application
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


def rows_to_aim_at(cast: Cast) -> dict[str, int]:
    """Most made-up ids lead nowhere: two of three calls go to rows that are there."""
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    place = {"by": cast.receptionist, "unit": cast.unit, "party": cast.zhou, "channel": "phone", "text": "漏水"}
    service_request = register_request(kind="repair", category=category, **place)
    accept_request(service_request, by=cast.receptionist)
    return {
        "request_id": service_request.pk,
        "work_order_id": service_request.work_orders.get().pk,
        "interaction_id": service_request.interaction_id or 0,
        "unit_id": cast.unit.pk,
        "party_id": cast.zhou.pk,
        "point_id": cast.zhou.contact_points.get().pk,
        "occupancy_id": cast.zhou.headed_occupancies.get().pk,
        "role_id": cast.zhou.roles.get().pk,
        "project_id": cast.sunshine.pk,
        "building_id": cast.unit.building_id,
    }


@pytest.fixture
def one_connection() -> Iterator[None]:
    """The application runs inside the test's transaction, as Django's own test client has it."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_operation_keeps_its_word(operation: Any, cast: Cast) -> None:
    """As the administrator of everything would call it, and as a receptionist would."""
    existing = rows_to_aim_at(cast)
    headers = [{"Authorization": f"Bearer {token_for(user)}"} for user in (cast.manager, cast.receptionist)]
    until = time.monotonic() + SECONDS / len(OPERATIONS)

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def keeps_its_word(case: schemathesis.Case) -> None:
        if time.monotonic() < until:
            if len(str(case.body)) % 3:
                case.path_parameters = {
                    **case.path_parameters,
                    **{k: existing[k] for k in case.path_parameters if k in existing},
                }
            case.call_and_validate(headers=headers[len(str(case.body)) % 2], checks=CHECKS)

    keeps_its_word()
