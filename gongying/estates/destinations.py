from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.estates.scopes import scope_of
from gongying.imports.destinations import Destination


def import_destinations(user: User) -> list[Destination]:
    """The projects that the user serves as a whole: a file may touch any unit of one."""
    scope = scope_of(user)
    projects = Project.objects.all() if scope.everywhere else Project.objects.filter(pk__in=scope.projects)
    return [Destination(project.pk, project.name) for project in projects.order_by("code")]
