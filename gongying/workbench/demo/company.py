"""The company of the demo: projects, what stands in them, territories and staff."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password

from gongying.accounts.models import User
from gongying.estates.enums import AreaSource, UnitState
from gongying.estates.models import Building, CommonFacility, Entrance, Floor, ParkingSpace, Project, Unit
from gongying.estates.operations.territories import add_scope
from gongying.organization.enums import TerritoryRight
from gongying.organization.models import Department, Post, Role, StaffMember
from gongying.organization.operations.territories import assign_staff, create_territory
from gongying.workbench.demo.texts import read

AREAS = ("89.12", "95.46", "118.30")
OFFICE_AREA = "1250.00"
SPACES = 60


@dataclass
class Cast:
    """Who acts in the story, by log-in, and where."""

    admin: User
    staff: dict[str, User] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)

    def __getitem__(self, login: str) -> User:
        return self.staff[login]


def build_company(*, password: str, since: date) -> Cast:
    story = read("company")
    hashed = make_password(password)
    staff = {entry["login"]: _employ(entry, hashed, story["post"], since) for entry in story["staff"]}
    cast = Cast(admin=staff[story["staff"][0]["login"]], staff=staff)
    for entry in story["projects"]:
        cast.projects[entry["code"]] = _build_project(entry)
    for entry in story["facilities"]:
        facts = {name: value for name, value in entry.items() if name != "project"}
        _place_facilities(cast.projects[entry["project"]], facts)
    territories = {entry["name"]: _draw_territory(entry, cast, since) for entry in story["territories"]}
    for entry in story["staff"]:
        for name in entry.get("territories", []):
            staff_member, rights = staff[entry["login"]].staff, TerritoryRight.values
            assign_staff(territories[name], staff=staff_member, rights=rights, by=cast.admin, starts_on=since)
    return cast


def _employ(entry: dict[str, Any], hashed: str, post: dict[str, str], since: date) -> User:
    """With the demo's password already hashed: hashing one for each would take longer than all the rest."""
    role = Role.objects.get(key=entry["role"])
    department = _department(entry["department"])
    described, _created = Post.objects.get_or_create(
        name=post["name"].format(label=role.label),
        department=department,
        defaults={
            "role": role,
            "communication_duty": post["communication"],
            "feedback_duty": post["feedback"],
            "complaint_duty": post["complaint"],
        },
    )
    user = User.objects.create(username=entry["login"], name=entry["name"], password=hashed)
    staff = StaffMember.objects.create(
        user=user, department=department, post=described, skills=entry.get("skills", []), hired_on=since
    )
    staff.roles.set([role])
    return user


def _department(kind: str) -> Department:
    return Department.objects.filter(kind=kind).order_by("pk")[0]


def _build_project(entry: dict[str, Any]) -> Project:
    fields = ("code", "name", "kind", "address", "served_area_m2")
    project = Project.objects.create(**{name: entry[name] for name in fields})
    for number in entry.get("towers") or [str(number) for number in range(1, entry["buildings"] + 1)]:
        build_tower(project, number, entry)
    _draw_spaces(project)
    return project


def build_tower(project: Project, number: str, entry: dict[str, Any]) -> Building:
    entrances = range(1, entry.get("entrances", 1) + 1)
    building = Building.objects.create(project=project, number=number)
    levels = {level: Floor(building=building, level=level) for level in range(1, entry["floors"] + 1)}
    Floor.objects.bulk_create(levels.values())
    for position in entrances:
        entrance = Entrance.objects.create(building=building, number=str(position))
        _build_units(entry, entrance, levels, with_entrance=len(entrances) > 1)
    return building


def _build_units(entry: dict[str, Any], entrance: Entrance, levels: dict[int, Floor], *, with_entrance: bool) -> None:
    building = entrance.building
    units = []
    for level, floor in levels.items():
        for door in range(1, entry["doors"] + 1):
            unit_no = f"{level}{door:02d}"
            parts = [building.number, entrance.number, unit_no] if with_entrance else [building.number, unit_no]
            area = OFFICE_AREA if entry["use"] == "office" else AREAS[(door - 1) % len(AREAS)]
            unit = Unit(
                project_id=building.project_id,
                building=building,
                entrance=entrance,
                floor=floor,
                unit_no=unit_no,
                code="-".join(parts),
                use=entry["use"],
                gross_area_m2=area,
                chargeable_area_m2=area,
                area_source=AreaSource.REGISTER,
                state=entry.get("state", UnitState.HANDED_OVER),
            )
            unit.set_keys()
            units.append(unit)
    Unit.objects.bulk_create(units)


def _draw_spaces(project: Project) -> None:
    ParkingSpace.objects.bulk_create(
        ParkingSpace(project=project, code=f"B1-{number:03d}", ownership_kind="right_of_use" if number % 3 else "owned")
        for number in range(1, SPACES + 1)
    )


def _place_facilities(project: Project, entry: dict[str, Any]) -> None:
    if entry.pop("each", None) != "entrance":
        CommonFacility.objects.create(project=project, **entry)
        return
    for entrance in Entrance.objects.filter(building__project=project).select_related("building"):
        words = {"building": entrance.building.number, "entrance": entrance.number}
        named = {**entry, "name": entry["name"].format(**words)}
        CommonFacility.objects.create(project=project, building=entrance.building, entrance=entrance, **named)


def _draw_territory(entry: dict[str, Any], cast: Cast, since: date) -> Any:
    territory = create_territory(name=entry["name"], by=cast.admin)
    project = cast.projects[entry["project"]]
    buildings: list[Building | None] = [None]
    if "buildings" in entry:
        buildings = list(project.buildings.filter(number__in=entry["buildings"]))
    for building in buildings:
        add_scope(territory, project=project, building=building, by=cast.admin, starts_on=since)
    return territory
