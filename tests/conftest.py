"""The cast of every test (the same people as in the demo and the docs), and how the database is made ready."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client, TransactionTestCase, override_settings

from gongying.accounts.models import User
from gongying.customers.enums import OccupancyKind, RoleKind
from gongying.customers.models import ContactPoint, Occupancy, Party, PartyRole
from gongying.estates.models import Building, Entrance, Project, TerritoryScope, Unit
from gongying.organization.models import Department, Role, StaffMember, Territory, TerritoryAssignment
from tests import databases

SINCE = date(2024, 1, 1)
ALWAYS = (SINCE, None)
PASSWORD = "gongying-2026"


# Half a minute each on slow cores; by themselves they would come last, and one core would wait for the other.
LONG_FILES = (
    "launcher/test_chaos.py",
    "launcher/test_mixed_load.py",
    "workbench/test_bench.py",
    "workbench/test_demo.py",
    "api/test_replay.py",
    "common/test_backups.py",
    "servicedesk/test_service_clocks.py",
    "schedule/test_working_time.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first: what is short is shared out while they run."""
    items.sort(key=lambda item: not item.path.as_posix().endswith(LONG_FILES))


def pytest_collection_finish() -> None:
    """What is loaded now stays: the collector need not walk through it again and again (a sixth of the processor's time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's, which runs all migrations for every process that tests."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, databases.own_database() as rows:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _case: databases.put_back(rows))
        with django_db_blocker.block():
            yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """The real hasher takes a third of a second, on purpose; a cast of thirteen would take four."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_they_are() -> Iterator[None]:
    """Pages name static files without the hashes that only `collectstatic` knows."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": plain}):
        yield


@dataclass
class Cast:
    """阳光小区 (buildings 1 and 2 in 东区, 3 in 西区), 演示园区 of outsiders, and the people of the style guide."""

    sunshine: Project
    park: Project
    unit: Unit  # 2-1-301, 周先生
    west_unit: Unit  # 3-1-101, 王先生
    park_unit: Unit
    zhou: Party
    wang: Party
    receptionist: User
    supervisor: User
    steward: User  # 王管家, 东区
    west_steward: User  # 陈管家, 西区
    worker: User  # 老张, water and electricity, 东区
    second_worker: User  # 老刘, mechanical, 东区 and 西区
    manager: User  # 周经理, site manager of 阳光小区
    quality: User
    guard: User
    administrator: User
    outsider: User  # receptionist of the park only

    def everybody(self) -> dict[str, User]:
        return {name: value for name, value in vars(self).items() if isinstance(value, User)}


class Hire(NamedTuple):
    login: str
    name: str
    role: str
    department: Department
    serves: tuple[Territory, ...] = ()
    phone: str = ""
    skills: Sequence[str] = ()


def make_staff(login: str, name: str, role: str, department: Department, **more: Any) -> User:
    return hire(Hire(login, name, role, department, **more))[0]


def hire(*people: Hire) -> list[User]:
    """All in a few statements: nearly every test begins with it."""
    users = User.objects.bulk_create(
        User(username=each.login, name=each.name, phone=each.phone, password=stored_password()) for each in people
    )
    staff = StaffMember.objects.bulk_create(
        StaffMember(user=user, department=each.department, hired_on=SINCE, skills=list(each.skills))
        for user, each in zip(users, people, strict=True)
    )
    roles = dict(Role.objects.values_list("key", "pk"))
    StaffMember.roles.through.objects.bulk_create(
        StaffMember.roles.through(staffmember=member, role_id=roles[each.role])
        for member, each in zip(staff, people, strict=True)
    )
    TerritoryAssignment.objects.bulk_create(
        TerritoryAssignment(staff=member, territory=territory, during=ALWAYS)
        for member, each in zip(staff, people, strict=True)
        for territory in each.serves
    )
    return users


@cache
def stored_password() -> str:
    return make_password(PASSWORD)


def make_unit(entrance: Entrance, unit_no: str, **more: Any) -> Unit:
    building = entrance.building
    return Unit.objects.create(
        project=building.project,
        building=building,
        entrance=entrance,
        unit_no=unit_no,
        code=f"{building.number}-{entrance.number}-{unit_no}",
        **{"gross_area_m2": "95.46", "area_source": "register", **more},
    )


def make_owner(unit: Unit, name: str, phone: str = "", since: date = SINCE) -> Party:
    party = Party.objects.create(name=name)
    if phone:
        ContactPoint.objects.create(party=party, value=phone)
    place = {"project": unit.project, "building": unit.building, "entrance": unit.entrance, "unit": unit}
    occupancy = Occupancy.objects.create(kind=OccupancyKind.OWNER_OCCUPIED, head=party, during=(since, None), **place)
    PartyRole.objects.create(
        party=party, role=RoleKind.OWNER, share=1, during=(since, None), occupancy=occupancy, **place
    )
    return party


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def make_cast() -> Cast:
    sunshine = Project.objects.create(code="YG", name="阳光小区", kind="residential")
    park = Project.objects.create(code="YQ", name="演示园区", kind="office", served_area_m2=200_000)
    entrances = {}
    for number in ("1", "2", "3"):
        building = Building.objects.create(project=sunshine, number=number)
        entrances[number] = Entrance.objects.create(building=building, number="1")
    tower = Building.objects.create(project=park, number="A")
    lobby = Entrance.objects.create(building=tower, number="1")

    east, west, whole, park_territory = (
        Territory.objects.create(name=name) for name in ("东区", "西区", "阳光小区全区", "园区")
    )
    TerritoryScope.objects.bulk_create(
        TerritoryScope(territory=territory, project=sunshine, building=entrances[number].building, during=ALWAYS)
        for number, territory in (("1", east), ("2", east), ("3", west))
    )
    TerritoryScope.objects.create(territory=whole, project=sunshine, during=ALWAYS)
    TerritoryScope.objects.create(territory=park_territory, project=park, during=ALWAYS)

    unit = make_unit(entrances["2"], "301")
    west_unit = make_unit(entrances["3"], "101")
    park_unit = make_unit(lobby, "1201", use="office", gross_area_m2="500")
    return Cast(
        sunshine=sunshine,
        park=park,
        unit=unit,
        west_unit=west_unit,
        park_unit=park_unit,
        zhou=make_owner(unit, "周先生", "+8613800001234"),
        wang=make_owner(west_unit, "王先生", "+8613900005678"),
        **make_colleagues(east=east, west=west, whole=whole, park=park_territory),
    )


def make_colleagues(*, east: Territory, west: Territory, whole: Territory, park: Territory) -> dict[str, User]:
    service, engineering, order, quality = (
        Department.objects.get_or_create(name=name, defaults={"kind": kind})[0]
        for name, kind in (
            ("客服部", "customer_service"),
            ("工程部", "engineering"),
            ("秩序部", "order"),
            ("品质部", "quality"),
        )
    )
    people = {
        "receptionist": Hire("xiaozhao", "小赵", "receptionist", service, (whole,), phone="+8613700000001"),
        "supervisor": Hire("lizhuguan", "李主管", "supervisor", service, (whole,)),
        "steward": Hire("wangguanjia", "王管家", "steward", service, (east,)),
        "west_steward": Hire("chenguanjia", "陈管家", "steward", service, (west,)),
        "worker": Hire("laozhang", "老张", "worker", engineering, (east,), skills=("plumbing", "electrical")),
        "second_worker": Hire("laoliu", "老刘", "worker", engineering, (east, west), skills=("mechanical",)),
        "manager": Hire("zhoujingli", "周经理", "site_manager", service, (whole,)),
        "quality": Hire("xiaowu", "品质小吴", "quality", quality),
        "guard": Hire("xiaosun", "小孙", "guard", order, (whole,)),
        "administrator": Hire("admin", "管理员", "administrator", quality),
        "outsider": Hire("outsider", "园区小郑", "receptionist", service, (park,)),
    }
    return dict(zip(people, hire(*people.values()), strict=True))


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """A browser in which this person is logged in."""

    def log_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="gongying.accounts.backends.NameOrPhoneBackend")
        return client

    return log_in
