"""How troubles of the system read, and the alarm for the one of which no worker can tell: that none works."""

import time
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.alarms import Alarm
from gongying.common.models import Heartbeat
from gongying.common.standing import SWEEP
from gongying.events.presentation import Details, Reading, Words, register_readings
from gongying.workbench.upkeep import ADVICE, LABELS, LONGEST_SWEEP

# Asked on every page of the administrator.
LOOK_SECONDS: Final = 15

_looked: tuple[float, bool] = (-float("inf"), False)


def standstill(_user: Any) -> Alarm | None:
    """Where due times were watched once, and are not any more."""
    global _looked  # noqa: PLW0603 -- once per process
    if time.monotonic() - _looked[0] > LOOK_SECONDS:
        late = Heartbeat.objects.filter(name=SWEEP, at__lt=timezone.now() - LONGEST_SWEEP).exists()
        _looked = time.monotonic(), late
    if not _looked[1]:
        return None
    return Alarm(_("The worker stands still: nobody is warned of due times."), reverse("workbench:state-show"))


def _what(details: Details) -> Words:
    return LABELS.get(str(details.get("key")), "")


def _what_to_do(details: Details) -> list[tuple[Words, Words]]:
    key = str(details.get("key"))
    return [(_("what to do"), ADVICE[key])] if key in ADVICE else []


def register() -> None:
    register_readings(
        {
            "system.troubled": Reading(
                _("Out of order"), "alert-triangle", _what, facts=_what_to_do, tone=lambda _details: "late"
            ),
            "system.recovered": Reading(_("In order again"), "circle-check", _what),
        }
    )
