"""The times a quick entry offers as chips: when it happened, when somebody shall come, when the answer is due."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

FIRST_HOUR, LAST_HOUR, SLOT_HOURS = 8, 18, 2
MORNING = (9, 12)
LAST_NIGHT = time(21)
THIS_MORNING = time(7)
PROMISE_HOURS = 2


@dataclass(frozen=True)
class Slot:
    label: str
    begins: datetime
    ends: datetime

    @property
    def value(self) -> str:
        return f"{self.begins.isoformat()}/{self.ends.isoformat()}"


def next_slots(now: datetime) -> list[Slot]:
    """What is offered as visiting time: the next two of today, and tomorrow morning."""
    local = timezone.localtime(now)
    first = max(FIRST_HOUR, local.hour + 1)
    first += first % SLOT_HOURS
    slots = [
        Slot(
            _("today %(begins)d–%(ends)d") % {"begins": hour, "ends": hour + SLOT_HOURS},
            _at(local, hour),
            _at(local, hour + SLOT_HOURS),
        )
        for hour in range(first, LAST_HOUR, SLOT_HOURS)
    ][:2]
    tomorrow = local + timedelta(days=1)
    slots.append(Slot(_("tomorrow morning"), _at(tomorrow, MORNING[0]), _at(tomorrow, MORNING[1])))
    if len(slots) == 1:
        slots.append(Slot(_("tomorrow afternoon"), _at(tomorrow, 14), _at(tomorrow, 17)))
    return slots


def read_slot(value: str) -> tuple[datetime, datetime] | None:
    """The two times of `Slot.value`; `ValueError` for anything else."""
    if not value:
        return None
    begins, _slash, ends = value.partition("/")
    window = datetime.fromisoformat(begins), datetime.fromisoformat(ends)
    if any(timezone.is_naive(moment) for moment in window):
        raise ValueError(value)
    return window


def spoken_window(window: tuple[datetime, datetime]) -> str:
    """A window of time, to be said aloud."""
    from gongying.common.templatetags.formats import spoken

    begins, ends = (timezone.localtime(moment) for moment in window)
    last = ends.strftime("%H:%M") if ends.date() == begins.date() else spoken(ends)
    return f"{spoken(begins)}–{last}"


def last_night(now: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(now) - timedelta(days=1), LAST_NIGHT))


def this_morning(now: datetime) -> datetime:
    """Seven o'clock, or now if it is earlier."""
    return min(now, timezone.make_aware(datetime.combine(timezone.localdate(now), THIS_MORNING)))


def promise_time(now: datetime) -> datetime:
    """Two hours from now, on the minute."""
    return (now + timedelta(hours=PROMISE_HOURS)).replace(second=0, microsecond=0)


def _at(day: datetime, hour: int) -> datetime:
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)
