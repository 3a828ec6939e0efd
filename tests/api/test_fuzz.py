"""Schemathesis against every operation: no 5xx, and every answer as the description says.

Fixed seed and a share of the time for each operation, so that the whole takes about as long on any machine.
"""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from django.utils import timezone
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
from gongying.accounts.models import User
from gongying.estates.models import TerritoryScope
from gongying.imports.models import ImportRun
from gongying.organization.models import Territory
from gongying.organization.operations import enter_leave
from gongying.servicedesk.models import ResponsibilityRule, ServiceCategory
from gongying.servicedesk.operations import accept_request, register_request
from tests.api.conftest import token_for
from tests.conftest import Cast, make_cast

SECONDS = 50.0
EXAMPLES = 60
FEWEST = 8  # also where the machine is so slow that the share is over before
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
    """Most made-up ids lead nowhere: two of three calls go to these."""
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    place = {"by": cast.receptionist, "unit": cast.unit, "party": cast.zhou, "channel": "phone", "text": "漏水"}
    service_request = register_request(kind="repair", category=category, **place)
    accept_request(service_request, by=cast.receptionist)
    today = timezone.localdate()
    leave = enter_leave(cast.worker.staff, first=today, last=today, deputy=None, by=cast.manager)
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
        "entrance_id": cast.unit.entrance_id,
        "staff_id": cast.guard.staff.pk,
        "department_id": cast.guard.staff.department_id,
        "territory_id": Territory.objects.get(name="东区").pk,
        "assignment_id": cast.steward.staff.territory_assignments.get().pk,
        "place_id": TerritoryScope.objects.filter(project=cast.sunshine, building=cast.unit.building).get().pk,
        "category_id": category.pk,
        "rule_id": ResponsibilityRule.objects.earliest("pk").pk,
        "leave_id": leave.pk,
        "import_id": an_import(cast).pk,
    }


def an_import(cast: Cast) -> ImportRun:
    return ImportRun.objects.create(
        kind="customers.units",
        project_id=cast.sunshine.pk,
        project_name=cast.sunshine.name,
        file=ContentFile(b"", name="a.xlsx"),
        file_name="a.xlsx",
        samples=[["房号", ["301"]]],
        by=cast.manager,
    )


@dataclass
class World:
    existing: dict[str, int]
    callers: list[dict[str, str]]  # headers: a site manager's, the administrator's, a receptionist's
    everybody: list[dict[str, str]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once: every call is taken back, and at the end everything. The application runs on the test's connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"), API_CALLS_PER_MINUTE=0),
        transaction.atomic(),
    ):
        cast = make_cast()
        people = (cast.manager, cast.administrator, cast.receptionist)
        yield World(rows_to_aim_at(cast), signed(people), signed(cast.everybody().values()))
        transaction.set_rollback(True)
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def signed(people: Iterable[User]) -> list[dict[str, str]]:
    return [{"Authorization": f"Bearer {token_for(user)}"} for user in people]


class TimeIsUp(BaseException):
    """Past every `except Exception`, hypothesis' own included: the operation had its share."""


@pytest.mark.django_db  # by this mark the test database is set up
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_operation_keeps_its_word(operation: Any, world: World) -> None:
    until = time.monotonic() + SECONDS / len(OPERATIONS)
    calls = 0

    @seed(20261121)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def keeps_its_word(case: Any) -> None:
        nonlocal calls
        if calls >= FEWEST and time.monotonic() >= until:
            raise TimeIsUp
        calls += 1
        if calls % 3:
            aim(case, world.existing)
        with transaction.atomic():
            case.call_and_validate(headers=world.callers[calls // 3 % 3], checks=CHECKS)
            transaction.set_rollback(True)

    with suppress(TimeIsUp):
        keeps_its_word()
    assert calls


def aim(case: Any, existing: dict[str, int]) -> None:
    """At rows that are there, in the path and in the body, and at the version that they have."""
    case.path_parameters = {**case.path_parameters, **_known(case.path_parameters, existing)}
    if isinstance(case.body, dict):
        case.body = {**case.body, **_known(case.body, {**existing, "version": 1})}


def _known(sent: dict[str, Any], existing: dict[str, int]) -> dict[str, int]:
    return {name: existing[name] for name, value in sent.items() if name in existing and isinstance(value, int)}
