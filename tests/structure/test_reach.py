"""What reaches whom beside the pages: timelines, attachments and live changes of every kind of thing, every list as a file, the
search, the titles of the calendar.

Made from the objects of the URL matrix (`lines/`), in three corners: the readers' territory, the next one, another project.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import MultipleObjectsReturned, ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.permissions import declared_permissions, may
from gongying.events.models import subject_key
from gongying.events.streams import may_hear
from gongying.events.subjects import Kind, all_kinds
from gongying.files.operations import attach
from gongying.imports.listings import Listing, all_listings
from gongying.organization.models import Role
from gongying.organization.rules import SEE_ALL_PROJECTS
from gongying.schedule.operations import Plan, open_feed, plan_event
from tests.files.test_attachments import picture
from tests.structure.roles import ROLES, SECRETS, SECRETS_NEXT_DOOR, Roles, make_roles
from tests.structure.url_matrix import Sample, objects

pytestmark = [pytest.mark.django_db, pytest.mark.long, pytest.mark.requirement("R-024")]

# Kinds of which all projects share what there is; kinds of which no line makes one in the other project.
OF_THE_COMPANY = {"authoritygrant", "checklist", "contactreason", "counterpartguide", "phrase"}
ONLY_HERE = {"briefing", "mediationagreement"}
# Lists of what the whole company has, or of what no line makes elsewhere.
NOTHING_TO_HIDE = {"services", "register-follow-ups"}
MAKING_FAILS = (Refused, ValidationError, DatabaseError, ObjectDoesNotExist, MultipleObjectsReturned)


@pytest.fixture(scope="module")
def roles(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Roles]:
    with django_db_blocker.unblock(), make_roles(tmp_path_factory.mktemp("media")) as roles:
        for sample in (roles.own, roles.next_door, roles.other):
            fill(sample)
        yield roles


def fill(sample: Sample) -> None:
    """One of everything that can be made there; some things there may be once only."""
    for name in objects():
        with suppress(*MAKING_FAILS), transaction.atomic():
            sample.get(name)


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.key)
def test_a_thing_its_past_its_files_and_its_changes_reach_who_sees_it(kind: Kind, roles: Roles) -> None:
    made = list(things(kind, roles))
    wrong = []
    with transaction.atomic():
        for corner, thing in made:
            wrong += [f"{corner}, {role}: {what}" for role, what in misses(kind, thing, roles, foreign=corner != "own")]
        transaction.set_rollback(True)

    assert wrong == []
    assert {corner for corner, _thing in made} >= {"own", "other"} or kind.key in OF_THE_COMPANY | ONLY_HERE


def things(kind: Kind, roles: Roles) -> Iterator[tuple[str, Any]]:
    """One of the kind in each corner; next door only what stands in a building there."""
    for corner, sample in (("own", roles.own), ("next door", roles.next_door), ("other", roles.other)):
        found = next((each for each in sample.made.values() if type(each) is kind.model), None)
        place = getattr(found, "place", None)
        if found is not None and (corner != "next door" or (place is not None and place.building_id)):
            yield corner, found


def misses(kind: Kind, thing: Any, roles: Roles, *, foreign: bool) -> Iterator[tuple[str, str]]:
    file = attach(picture(), to=thing, by=roles.cast.administrator)
    asked = set()
    for role, user in roles.users.items():
        sees = kind.visible_to(user).filter(pk=thing.pk).exists()
        reads = sees and (not kind.permission or may(user, kind.permission))
        if sees and foreign and kind.key not in OF_THE_COMPANY and SEE_ALL_PROJECTS not in roles.codes[role]:
            yield role, "sees it"
        if may_hear(user, [subject_key(thing)]) != ({subject_key(thing)} if reads else set()):
            yield role, f"hears of it or not, reads: {reads}"
        if (sees, reads) not in asked:  # pages cost more: once for each answer
            asked.add((sees, reads))
            yield from (
                (role, what) for what in wrong_answers(roles, role, kind, thing, file.pk, sees=sees, reads=reads)
            )


def wrong_answers(
    roles: Roles, role: str, kind: Kind, thing: Any, file: int, *, sees: bool, reads: bool
) -> Iterator[str]:
    seen_file = 200 if reads else 404
    for path, status in (
        (reverse("files:attachment-show", args=[file]), seen_file),
        (reverse("files:thumbnail-show", args=[file]), seen_file),
        (f"/api/v1/attachments/{file}/content", seen_file),
        (reverse("events:timeline-index", args=[kind.key, thing.pk]), 200 if reads else 403 if sees else 404),
    ):
        found = roles.browsers[role].get(path).status_code
        if found != status:
            yield f"{path} is {found}, not {status}"


@pytest.mark.requirement("E-037")
@pytest.mark.parametrize("listing", all_listings(), ids=lambda listing: listing.key)
def test_a_list_as_a_file_holds_exactly_what_its_reader_sees(listing: Listing, roles: Roles) -> None:
    everything = list(listing.rows(who_sees_everything(roles), QueryDict()))
    buildings = set(roles.cast.sunshine.buildings.filter(number__in="12").values_list("pk", flat=True))
    assert listing.key in NOTHING_TO_HIDE or {place_of(row)[1] for row in everything} - {None, *buildings}, (
        "nothing to hide"
    )
    for role, user in roles.users.items():
        with transaction.atomic():
            answer = roles.browsers[role].post(
                reverse("imports:export-create"), {"listing": listing.key, "format": "csv"}
            )
            text = b"".join(answer.streaming_content).decode("utf-8-sig") if answer.streaming else ""
            transaction.set_rollback(True)
        if not (may(user, listing.permission) and may(user, "imports.export_rows")):
            assert (role, answer.status_code, text) == (role, 403, "")
            continue
        sees_all = SEE_ALL_PROJECTS in roles.codes[role]
        # What stands in the project as a whole is not judged here.
        judged = {row.pk for row in everything if sees_all or place_of(row)[1]}
        expected = {row.pk for row in everything if row.pk in judged and (sees_all or place_of(row)[1] in buildings)}
        written = {row.pk for row in listing.rows(user, QueryDict())}
        assert (role, written & judged) == (role, expected)
        assert (role, len(list(csv.reader(io.StringIO(text)))) - 1) == (role, len(written))
        assert sees_all or not any(secret in text for secret in (*SECRETS, *SECRETS_NEXT_DOOR)), role


def who_sees_everything(roles: Roles) -> User:
    codes = {code for codes in declared_permissions().values() for code in codes}
    role, _created = Role.objects.get_or_create(
        key="all", defaults={"label": "什么都能做", "permissions": sorted(codes)}
    )
    roles.cast.quality.staff.roles.set([role])
    return User.objects.get(pk=roles.cast.quality.pk)


def place_of(row: Any) -> tuple[int | None, int | None]:
    """Project and building, by the plainest way there is."""
    for placed in (row, *(getattr(row, name, None) for name in ("unit", "service_request", "request", "work_order"))):
        if hasattr(placed, "project_id"):
            return placed.project_id, getattr(placed, "building_id", None)
    return None, None


@pytest.mark.parametrize("role", ROLES)
def test_the_search_finds_nothing_of_another_territory(role: str, roles: Roles) -> None:
    if SEE_ALL_PROJECTS in roles.codes[role]:
        return
    browser = roles.browsers[role]
    tails = [secret[-4:] for secret in (*SECRETS, *SECRETS_NEXT_DOOR) if secret[0] == "+"]
    for words in (*SECRETS, *SECRETS_NEXT_DOOR, *tails, "3-1-101", "1201", "绝密", "王", "wang", "电梯异响", "漏水"):
        answer = browser.get("/api/v1/search", {"q": words, "limit": 50})
        hits = [hit for group in answer.json() for hit in group["hits"]] if answer.status_code == 200 else []
        text = json.dumps(hits, ensure_ascii=False)
        assert not [secret for secret in (*SECRETS, *SECRETS_NEXT_DOOR) if secret in text], words
        for hit in hits:  # what is found can be opened: it is hers to see
            assert browser.get(hit["url"]).status_code in {200, 302}, (words, hit)


CALENDAR_PAGES = (
    "/calendar/mine/?day={day}", "/calendar/mine/month/?day={day}", "/calendar/team/?day={day}", "/calendar/team/week/?day={day}",
    "/calendar/team/month/?day={day}", "/calendar/busy/?people={staff}&starts_at={day}T10:00&ends_at={day}T11:00", "/api/v1/calendar-events?limit=200",
    "/api/v1/busy-times?staff_ids={staff}&since={day}T00:00:00%2B08:00&until={day}T23:00:00%2B08:00", "/api/v1/search?q=绝密",
)  # fmt: skip


@pytest.mark.requirement("A-09")
@pytest.mark.parametrize("role", ROLES)
def test_titles_of_the_calendar_reach_the_team_only(role: str, roles: Roles) -> None:
    """Of what is private, names a customer out of reach, or belongs to another team: busy at the most, in no page, file or feed."""
    cast, user, browser = roles.cast, roles.users[role], roles.browsers[role]
    with transaction.atomic():
        starts = datetime(2029, 6, 13, 10, tzinfo=timezone.get_default_timezone())
        events = [
            planned("绝密 private", starts, [cast.steward.staff], by=cast.steward, is_private=True),
            planned(
                "绝密 customer", starts, [cast.west_steward.staff], by=cast.west_steward, customer=roles.next_door.party
            ),
            planned("绝密 other team", starts + timedelta(hours=4), [cast.outsider.staff], by=cast.outsider),
        ]
        hidden = events[:1] if SEE_ALL_PROJECTS in roles.codes[role] else events
        feed = reverse("schedule:feed-read", args=[open_feed(by=user)])
        files = [reverse("schedule:calendar-event-file", args=[event.pk]) for event in events]
        pages = [path.format(day="2029-06-13", staff=cast.steward.staff.pk) for path in CALENDAR_PAGES]
        for path in (*pages, *files, feed):
            answer = browser.get(path)
            assert answer.status_code in {200, 403, 404}, path
            text = answer.content.decode()
            assert not [event.title for event in hidden if event.title in text], path
        for event in hidden:
            assert browser.get(reverse("schedule:calendar-event-show", args=[event.pk])).status_code == 404
        transaction.set_rollback(True)


def planned(title: str, starts: datetime, people: list[Any], *, by: User, **more: Any) -> Any:
    plan = Plan(title=title, starts_at=starts, ends_at=starts + timedelta(hours=1), people=people, **more)
    return plan_event(plan, by=by)
