"""What an administrator has to see to: people without a post, projects without territories or stewards, alarms, imports."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.alarms import alarms_for
from gongying.common.paging import bounded_count
from gongying.estates.models import Project
from gongying.estates.stewards import projects_with_stewards, projects_with_territories
from gongying.imports.enums import ImportState
from gongying.imports.models import ImportRun
from gongying.organization.models import StaffMember
from gongying.workbench.look import Look
from gongying.workbench.sections import ROWS, Row, Section


def set_up(look: Look) -> Section:
    """What stands in red above every page first, then whom and where nobody can work yet."""
    alarms = [
        Row(title=str(alarm.sentence), url=alarm.url, tag=_("alarm"), is_late=True) for alarm in alarms_for(look.user)
    ]
    rows = [*alarms, *_unserved_projects(look.user), *_people_without_post()]
    return Section("set-up", _("To set up"), _("Everybody has a post, every project its stewards."), rows)


def _unserved_projects(user: User) -> list[Row]:
    with_territory, with_steward = projects_with_territories(), projects_with_stewards()
    rows = []
    for project in Project.objects.visible_to(user).order_by("pk"):
        if project.pk in with_territory and project.pk in with_steward:
            continue
        lacks = _("no steward") if project.pk in with_territory else _("no territory")
        rows.append(Row(title=str(project), url=reverse("estates:project-show", args=[project.pk]), tag=lacks))
    return rows[:ROWS]


def _people_without_post() -> list[Row]:
    """Neither a post nor roles of their own: they can do nothing yet."""
    people = (
        StaffMember.objects.employed().filter(post=None, roles=None).select_related("user", "department").order_by("pk")
    )
    return [
        Row(
            title=str(staff),
            url=reverse("organization:staff-show", args=[staff.pk]),
            subtitle=str(staff.department),
            tag=_("no post"),
        )
        for staff in people[:ROWS]
    ]


def recent_imports(look: Look) -> Section | None:
    """The last files, and what came of them; nothing as long as none was imported."""
    runs = ImportRun.objects.visible_to(look.user)
    rows = [
        Row(
            title=run.file_name,
            url=reverse("imports:import-show", args=[run.pk]),
            subtitle=f"{run.project_name} · {run.by} · {timezone.localtime(run.created_at):%Y-%m-%d %H:%M}",
            tag=run.get_state_display(),
            is_late=run.state == ImportState.FAILED,
        )
        for run in runs.select_related("by").newest_first()[:ROWS]
    ]
    if not rows:
        return None
    return Section("imports", _("Last imports"), "", rows, bounded_count(runs), reverse("imports:import-list"))
