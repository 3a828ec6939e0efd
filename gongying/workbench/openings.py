"""Which service centres are not opened yet today (R-044): red once the hour of the check list is over."""

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckList, CheckRun
from gongying.common.editions import kept
from gongying.estates.models import Project
from gongying.estates.scopes import whole_projects
from gongying.workbench.look import Look, asked
from gongying.workbench.sections import Row, Section

# So long before its hour the list is shown to those who open.
SHOWN_BEFORE = timedelta(hours=2)


@asked()
def opened_today(user: User) -> Any:
    """The projects whose list is ticked."""
    runs = CheckRun.objects.visible_to(user).finished().filter(use=Use.OPENING, day=timezone.localdate())
    return runs.order_by().values("project")


def openings(look: Look) -> Section | None:
    """Until it is ticked; nothing where all is ticked, or where the day has not begun."""
    now = timezone.now()
    rows = []
    opened = set(look.found(opened_today))
    for project in whole_projects(look.user):
        check_list = None if project.pk in opened else opening_list(project)
        if check_list is None or check_list.due_by is None:
            continue
        due_at = timezone.make_aware(datetime.combine(timezone.localdate(now), check_list.due_by))
        if now < due_at - SHOWN_BEFORE:
            continue
        url = f"{reverse('checklists:run-index')}?project={project.pk}"
        rows.append(Row(title=str(project), url=url, subtitle=str(check_list), due_at=due_at, is_late=now > due_at))
    return Section("openings", _("Service centre not opened by the list yet"), "", rows) if rows else None


def opening_list(project: Project) -> CheckList | None:
    def read() -> CheckList | None:
        return CheckList.objects.in_force(project).filter(use=Use.OPENING).first()

    return kept(("opening list", project.pk), read)
