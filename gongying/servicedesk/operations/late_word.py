"""Steps that a worker took without network: his phone tells of them when it has one again."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.common.errors import Refused
from gongying.common.templatetags.formats import spoken
from gongying.servicedesk.models import WorkOrder
from gongying.servicedesk.operations.stages import open_stage

# Two steps in one breath travel differently long; more than this is a wrong clock or another story.
TOLERANCE = timedelta(minutes=1)


def moment_of(work_order: WorkOrder, at: datetime | None) -> datetime | None:
    """When a step was taken that is told later; refused where it cannot have been then.

    Not in the future, and not before the job stood where it stands: so never before it was given to him.
    """
    if at is None:
        return None
    now = timezone.now()
    earliest: datetime = open_stage(work_order).entered_at
    # A job is not finished before its request was handled (after a check that failed, both begin in one moment).
    begun: datetime = open_stage(work_order.service_request).entered_at
    if max(earliest, begun) > now:
        return None  # our own clock was ahead then: what the phone says cannot be judged by it
    if at > now + TOLERANCE:
        raise Refused(_("This step lies in the future. Check the clock of the phone."))
    if at < earliest - TOLERANCE:
        raise Refused(
            _("At that time the job was not yet at “%(state)s”: it has been since %(since)s.")
            % {"state": work_order.state_label, "since": spoken(timezone.localtime(earliest))}
        )
    return min(max(at, earliest, begun), now)
