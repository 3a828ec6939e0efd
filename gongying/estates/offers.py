"""What forms offer of places: written once for all who see the same."""

from gongying.accounts.models import User
from gongying.common.editions import kept
from gongying.common.selects import Options
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of


def projects_offered_to(user: User) -> Options:
    def read() -> Options:
        return Options((row.pk, str(row)) for row in Project.objects.visible_to(user))

    return kept(("projects", "options", scope_of(user)), read)
