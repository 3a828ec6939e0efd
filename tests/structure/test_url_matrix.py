"""Role × URL × (own territory, another territory, anonymous), from the URL table. How to add a line: `url_matrix.py`."""

import json
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from gongying.accounts.models import User
from gongying.organization.access import permission_codes
from gongying.organization.installation import DATA
from gongying.organization.models import Department, Role, Territory, TerritoryAssignment
from gongying.organization.rules import SEE_ALL_PROJECTS
from tests.conftest import SINCE, make_owner, make_staff
from tests.structure.url_matrix import PUBLIC, Line, Sample, lines
from tests.structure.urls import api_operations, own_pages, routes

ROLES = [role["key"] for role in json.loads((DATA / "roles.json").read_text(encoding="utf-8"))]
REFUSED = {401, 403, 404, 405}
# What stands in the other territory: no answer may contain it for who does not serve there.
SECRETS = ("演示园区", "绝密公司", "+8613911112222")


def test_every_url_has_its_line():
    listed = {line.key for line in lines()} | set(PUBLIC)
    missing = [route.name for route in own_pages() if route.name not in listed]
    missing += [operation for operation in api_operations() if operation not in listed]

    assert missing == [], f"add to tests/structure/lines/: {missing}"


def test_every_line_has_its_url():
    existing = {route.name for route in routes()} | set(api_operations())

    assert sorted(line.key for line in lines() if line.key not in existing) == []


def test_every_role_is_tried(db):
    assert sorted(ROLES) == sorted(Role.objects.values_list("key", flat=True))


@pytest.fixture
def world(cast, settings, tmp_path):
    """One member of staff per role, all serving 东区; one corner in 东区, one in the park."""
    settings.MEDIA_ROOT = tmp_path
    east = Territory.objects.get(name="东区")
    department = Department.objects.get(name="品质部")
    staff = {}
    for role in ROLES:
        user = make_staff(f"m_{role}", role, role, department)
        TerritoryAssignment.objects.create(staff=user.staff, territory=east, during=(SINCE, None))
        staff[role] = user.pk
    tenant = make_owner(cast.park_unit, "绝密公司", "+8613911112222")
    return SimpleNamespace(
        staff=staff,
        own=Sample(cast.unit, cast.zhou, cast.manager),
        other=Sample(cast.park_unit, tenant, cast.outsider),
    )


@pytest.mark.requirement("R-024")
@pytest.mark.parametrize("line", lines(), ids=str)
def test_a_url_answers_each_role_as_it_should(world, line):
    samples = {"own": world.own, "other": world.other} if line.has_place else {"own": world.own}
    for sample in samples.values():
        path_of(line, sample)  # makes what the line needs, outside of the attempts that are taken back
    wrong = []
    for role, pk in world.staff.items():
        for where, sample in samples.items():
            user = User.objects.get(pk=pk)
            status, text = ask(line, sample, user)
            codes = permission_codes(user)
            may = not line.needs or bool(codes.intersection(line.needs))
            sees = where == "own" or SEE_ALL_PROJECTS in codes
            if not is_right(line, status, may=may, sees=sees):
                wrong.append(f"{role}, {where}: {status} (may: {may}, sees: {sees})")
            if SEE_ALL_PROJECTS not in codes and any(secret in text for secret in SECRETS):
                wrong.append(f"{role}, {where}: is shown what stands in another territory")
    status, _text = ask(line, world.own, None)
    if status != (401 if line.is_api else 302):
        wrong.append(f"anonymous: {status}")

    assert wrong == []


def is_right(line: Line, status: int, *, may: bool, sees: bool) -> bool:
    if may and sees:
        return status in line.allowed if line.allowed else status not in REFUSED and status < 500
    # The API looks at the form of what was sent before it looks at who sent it.
    unread = {415, 422} if line.is_api and line.method != "GET" and line.data is None else set()
    return status in ({404} if may else {403, 404}) | unread


def ask(line: Line, sample: Sample, user: User | None) -> tuple[int, str]:
    """Status and text of the answer, with every trace of the request taken back."""
    with transaction.atomic():
        client = Client(raise_request_exception=False)
        if user is not None:
            client.force_login(user, backend="gongying.accounts.backends.NameOrPhoneBackend")
        data = line.data(sample) if callable(line.data) else line.data
        content = {"content_type": "application/json"} if line.is_api and line.method != "GET" else {}
        send = getattr(client, line.method.lower())
        response = send(path_of(line, sample), data or {}, **content)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, body.decode(errors="replace")


def path_of(line: Line, sample: Sample) -> str:
    arguments = {
        name: value[1:] if value.startswith("=") else sample.get(value).pk for name, value in line.arguments.items()
    }
    if line.is_api:
        return "/api/v1" + line.key.split(" ")[1].format(**arguments)
    return reverse(line.key, kwargs=arguments)
