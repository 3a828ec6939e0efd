"""What a fresh installation starts with: roles and departments, from data files. Edited ones are left alone."""

import json
from pathlib import Path
from typing import Any

from django.apps.registry import Apps

DATA = Path(__file__).parent / "data"


def default_permissions() -> dict[str, list[str]]:
    """What each role that comes with the product allows in a fresh installation, by its key."""
    rows = json.loads((DATA / "roles.json").read_text(encoding="utf-8"))
    return {row["key"]: row["permissions"] for row in rows}


def install_roles(apps: Apps, **_kwargs: Any) -> None:
    """Create the roles that do not exist yet, with their default permissions (after migrate)."""
    role = apps.get_model("organization", "Role")
    for row in json.loads((DATA / "roles.json").read_text(encoding="utf-8")):
        role.objects.get_or_create(key=row["key"], defaults={"label": row["label"], "permissions": row["permissions"]})


def install_departments(apps: Apps, **_kwargs: Any) -> None:
    department = apps.get_model("organization", "Department")
    if department.objects.exists():
        return
    for row in json.loads((DATA / "departments.json").read_text(encoding="utf-8")):
        department.objects.create(name=row["name"], kind=row["kind"])
