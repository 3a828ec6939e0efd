"""Role × URL × (own territory, another territory, anonymous), from the URL table. How to add a line: `url_matrix.py`."""

import re
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client

from gongying.events.streams import may_hear
from gongying.organization.models import Role
from gongying.organization.rules import SEE_ALL_PROJECTS
from tests.structure.roles import ROLES, SECRETS, Roles, make_roles
from tests.structure.url_matrix import PUBLIC, Line, Sample, lines, path_of
from tests.structure.urls import api_operations, own_pages, routes

REFUSED = {401, 403, 404, 405}
LIVE = re.compile(r'data-live="([^"]*)"')


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


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for all lines: every request is taken back, and at the end everything."""
    with django_db_blocker.unblock(), make_roles(tmp_path_factory.mktemp("media")) as world:
        yield world


@pytest.mark.requirement("R-024")
@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.parametrize("line", lines(), ids=str)
def test_a_url_answers_each_role_as_it_should(world, line):
    with transaction.atomic():
        wrong = [*refusals(line, world), *at_the_door(line, world)]
        transaction.set_rollback(True)
        for sample in (world.own, world.other):
            sample.made.clear()

    assert wrong == []


def refusals(line: Line, world: Roles) -> Iterator[str]:
    samples = {"own": world.own, "other": world.other} if line.has_place else {"own": world.own}
    for sample in samples.values():
        path_of(line, sample)  # makes what the line needs, outside of the attempts that are taken back
    for role, browser in world.browsers.items():
        codes = world.codes[role]
        everywhere = SEE_ALL_PROJECTS in codes
        may = not line.needs or bool(codes.intersection(line.needs))
        for where, sample in samples.items():
            status, text = ask(line, sample, browser)
            sees = (where == "own" or everywhere) and (not line.seen_with or bool(codes.intersection(line.seen_with)))
            if not is_right(line, status, may=may, sees=sees):
                yield f"{role}, {where}: {status} (may: {may}, sees: {sees})"
            if not everywhere and any(secret in text for secret in SECRETS):
                yield f"{role}, {where}: is shown what stands in another territory"
            if deaf := listened_to(text) - may_hear(world.users[role], listened_to(text)):
                yield f"{role}, {where}: the page listens to what its reader may not hear of: {sorted(deaf)}"
            if "&lt;time" in text:
                yield f"{role}, {where}: a time is shown as markup"


def listened_to(page: str) -> set[str]:
    return {subject for live in LIVE.findall(page) for subject in live.split()}


def at_the_door(line: Line, world: Roles) -> Iterator[str]:
    status, _text = ask(line, world.own, Client(raise_request_exception=False))
    if status != (401 if line.is_api else 302):
        yield f"anonymous: {status}"


def is_right(line: Line, status: int, *, may: bool, sees: bool) -> bool:
    if may and sees:
        return status in line.allowed if line.allowed else status not in REFUSED and status < 500
    # The API looks at the form of what was sent before it looks at who sent it.
    unread = {415, 422} if line.is_api and line.method != "GET" and line.data is None else set()
    return status in ({404} if may else {403, 404}) | unread


def ask(line: Line, sample: Sample, browser: Client) -> tuple[int, str]:
    """Status and text of the answer, with every trace of the request taken back."""
    with transaction.atomic():
        data = line.data(sample) if callable(line.data) else line.data
        content = {"content_type": "application/json"} if line.is_api and line.method != "GET" else {}
        send = getattr(browser, line.method.lower())
        response = send(path_of(line, sample), data or {}, **content)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response.status_code, body.decode(errors="replace")
