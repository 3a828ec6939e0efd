"""What somebody is to a project, and where she is rung up: noted with every touch, so in one statement."""

from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils import timezone

from gongying.customers.enums import ContactKind
from gongying.customers.models.parties import Party
from gongying.estates.models import Project

STANDING: Final = """
    SELECT
        (SELECT role FROM customers_partyrole
         WHERE party_id = %(party)s AND project_id = %(project)s AND during @> %(today)s::date ORDER BY rank LIMIT 1),
        (SELECT value FROM customers_contactpoint WHERE party_id = %(party)s AND kind = %(phone)s ORDER BY id LIMIT 1)
"""


class Standing(NamedTuple):
    role: str = ""  # today, owners and users first
    phone: str = ""  # the first on file, in the form it is stored in


def standing_of(party: Party | None, project: Project) -> Standing:
    """Empty words for what is not on file."""
    if party is None:
        return Standing()
    asked: dict[str, Any] = {
        "party": party.pk,
        "project": project.pk,
        "today": timezone.localdate(),
        "phone": ContactKind.PHONE.value,
    }
    with connection.cursor() as cursor:
        cursor.execute(STANDING, asked)
        role, phone = cursor.fetchone()
    return Standing(role or "", phone or "")
