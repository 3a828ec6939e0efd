"""One member of staff per role, all serving one territory; a corner of the world there, one in the next, one in another project."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction
from django.test import Client, override_settings

from gongying.accounts.models import User
from gongying.organization.access import permission_codes
from gongying.organization.installation import DATA
from gongying.organization.models import Department, Territory, TerritoryAssignment
from gongying.organization.rules import SEE_ALL_PROJECTS
from tests.conftest import SINCE, Cast, make_cast, make_owner, make_staff
from tests.structure.url_matrix import Sample

ROLES = [role["key"] for role in json.loads((DATA / "roles.json").read_text(encoding="utf-8"))]
# What stands in the other project, and in the next territory of the same: for who does not serve there.
SECRETS = ("演示园区", "绝密公司", "+8613911112222")
SECRETS_NEXT_DOOR = ("王先生", "+8613900005678")


@dataclass
class Roles:
    cast: Cast
    users: dict[str, User]
    browsers: dict[str, Client]
    codes: dict[str, frozenset[str]]
    own: Sample
    next_door: Sample
    other: Sample

    def confined(self) -> Iterator[str]:
        """The roles that see their own territory only."""
        return (role for role, codes in self.codes.items() if SEE_ALL_PROJECTS not in codes)


@contextmanager
def make_roles(media: Path) -> Iterator[Roles]:
    """Taken back at the end; inside, whoever asks takes back what the asking leaves."""
    with override_settings(MEDIA_ROOT=media), transaction.atomic():
        yield _roles(make_cast())
        transaction.set_rollback(True)


def _roles(cast: Cast) -> Roles:
    east = Territory.objects.get(name="东区")
    department = Department.objects.get(name="品质部")
    users, browsers, codes = {}, {}, {}
    for role in ROLES:
        user = make_staff(f"m_{role}", role, role, department)
        TerritoryAssignment.objects.create(staff=user.staff, territory=east, during=(SINCE, None))
        browsers[role] = Client(raise_request_exception=False)
        browsers[role].force_login(user, backend="gongying.accounts.backends.NameOrPhoneBackend")
        users[role] = User.objects.get(pk=user.pk)
        codes[role] = permission_codes(users[role])
    tenant = make_owner(cast.park_unit, "绝密公司", "+8613911112222")
    return Roles(
        cast,
        users,
        browsers,
        codes,
        own=Sample(cast.unit, cast.zhou, cast.manager),
        next_door=Sample(cast.west_unit, cast.wang, cast.manager),
        other=Sample(cast.park_unit, tenant, cast.outsider),
    )
