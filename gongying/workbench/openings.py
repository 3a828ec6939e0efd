"""Which service centres are not opened yet today (R-044): red once the hour of the check list is over."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckList, CheckRun
from gongying.checklists.rules import centres_of
from gongying.workbench.sections import Row, Section

# So long before its hour the list is shown to those who open.
SHOWN_BEFORE = timedelta(hours=2)


def openings(user: User) -> Section | None:
    """Until it is ticked; nothing where all is ticked, or where the day has not begun."""
    now = timezone.now()
    rows = []
    centres = list(centres_of(user))
    finished = _finished_today(user)
    for project in centres:
        check_list = CheckList.objects.in_force(project).filter(use=Use.OPENING).first()
        if check_list is None or check_list.due_by is None or project.pk in finished:
            continue
        due_at = timezone.make_aware(datetime.combine(timezone.localdate(now), check_list.due_by))
        if now < due_at - SHOWN_BEFORE:
            continue
        url = f"{reverse('checklists:run-index')}?project={project.pk}"
        rows.append(Row(title=str(project), url=url, subtitle=str(check_list), due_at=due_at, is_late=now > due_at))
    return Section("openings", _("Service centre not opened by the list yet"), "", rows) if rows else None


def _finished_today(user: User) -> set[int]:
    runs = CheckRun.objects.visible_to(user).finished().filter(use=Use.OPENING, day=timezone.localdate())
    return set(runs.values_list("project", flat=True))
