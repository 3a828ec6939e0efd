from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.estates.models import Project
from gongying.events.operations import push_on_commit, record_event
from gongying.files.operations import Upload, attach
from gongying.reception.models import VisitPurpose
from gongying.reception.operations.desk import desk_key


@transaction.atomic
def change_purpose(
    purpose: VisitPurpose,
    *,
    project: Project,
    by: User,
    name: str,
    minutes: int,
    is_offered: bool,
    papers: list[Upload] | None = None,
    seen: int | None = None,
) -> VisitPurpose:
    """How the chip reads in `project` from now on. The first change gives the project its own in place of the company's."""
    own = VisitPurpose.objects.select_for_update(no_key=True).filter(project=project, key=purpose.key).first()
    if own is None:
        own = VisitPurpose(project=project, key=purpose.key, icon=purpose.icon, position=purpose.position)
    else:
        own.advance_version(seen=seen)
    own.name, own.minutes, own.is_offered = name.strip(), minutes, is_offered
    with refusing({"visit_purpose_unique": _("Somebody else has changed this meanwhile. Open it again.")}):
        own.save()
    for paper in papers or []:
        attach(paper, to=own, by=by)
    record_event(
        "purpose.changed",
        by=by,
        subjects=[own],
        project=str(project),
        name=own.name,
        minutes=minutes,
        offered=is_offered,
    )
    push_on_commit([desk_key(project.pk)])
    return own
