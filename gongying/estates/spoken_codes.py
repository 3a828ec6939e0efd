"""Units as people say and type them, one at a time: 2-1-301, 21301."""

from django.db.models import Q

from gongying.accounts.models import User
from gongying.estates.models import Project, Unit


def find_unit(typed: str, project: Project, *, user: User) -> Unit | None:
    """The one unit that is called so, as written or by its digits; None where there is none or more than one."""
    digits = "".join(character for character in typed if character.isdigit())
    rows = Unit.objects.visible_to(user).filter(project=project).select_related("project")
    found: list[Unit] = list(rows.filter(Q(code__iexact=typed) | Q(digits=digits or "-"))[:2])
    exact = [unit for unit in found if unit.code.lower() == typed.lower()] or found
    return exact[0] if len(exact) == 1 else None
