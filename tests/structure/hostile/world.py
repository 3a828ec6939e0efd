"""The house in which the values are tried: who is there, and what is not hers."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.test import Client, override_settings

from gongying.accounts.models import User
from gongying.common.permissions import declared_permissions
from gongying.organization.models import Department, Role, Territory, TerritoryAssignment
from gongying.organization.rules import SEE_ALL_PROJECTS
from tests.conftest import SINCE, Cast, make_cast, make_owner, make_staff
from tests.structure.url_matrix import Sample

BACKEND = "gongying.accounts.backends.NameOrPhoneBackend"


@dataclass
class World:
    cast: Cast
    actor: User  # may everything, but sees 阳光小区 only
    browsers: list[Client]  # the actor's first, then those of people with duties of their own, nobody's last
    sample: Sample
    foreign: dict[str, str]  # by the name of a field: an id in another territory
    tried: set[tuple[Any, ...]] = field(default_factory=set)

    @property
    def browsers_of_staff(self) -> list[Client]:
        return self.browsers[:-1]

    def is_new(self, *what: Any) -> bool:
        """Whether this is tried for the first time."""
        is_new = what not in self.tried
        self.tried.add(what)
        return is_new


@contextmanager
def make_world(media: Path) -> Iterator[World]:
    with override_settings(MEDIA_ROOT=media), transaction.atomic():
        cast = make_cast()
        codes = {code for codes in declared_permissions().values() for code in codes} - {SEE_ALL_PROJECTS}
        Role.objects.create(key="all", label="什么都能做", permissions=sorted(codes))
        actor = make_staff("actor", "小全", "all", Department.objects.get(name="客服部"))
        whole = Territory.objects.get(name="阳光小区全区")
        TerritoryAssignment.objects.create(staff=actor.staff, territory=whole, during=(SINCE, None))
        people = [actor, cast.worker, cast.administrator]
        yield World(
            cast,
            actor,
            [*(_browser(person) for person in people), _browser(None)],
            Sample(cast.unit, cast.zhou, actor),
            _foreign_ids(cast),
        )
        transaction.set_rollback(True)


def _browser(user: User | None) -> Client:
    browser = Client(raise_request_exception=False)
    if user is not None:
        browser.force_login(user, backend=BACKEND)
    return browser


def _foreign_ids(cast: Cast) -> dict[str, str]:
    tenant = make_owner(cast.park_unit, "绝密公司", "+8613911112222")
    unit = cast.park_unit
    people = dict.fromkeys(("party", "merged", "same_as", "guardian"), tenant.pk)
    places = {"unit": unit.pk, "project": unit.project_id, "building": unit.building_id, "entrance": unit.entrance_id}
    return {name: str(pk) for name, pk in {**people, **places}.items()}
