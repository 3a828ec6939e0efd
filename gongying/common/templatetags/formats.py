"""One place for how dates, times, areas and money are shown."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from html import unescape

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import formats, timezone
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gongying.common.phones import spoken_phone
from gongying.common.printing import NOTHING

register = template.Library()


def _local(value: datetime) -> datetime:
    """As `timezone.localtime`. There is one time zone, and a list asks for it two hundred times."""
    return value.astimezone(timezone.get_default_timezone())


@register.filter
def moment(value: datetime | None) -> SafeString:
    """A time as people say it (today 14:30), with the exact time on hover."""
    if value is None:
        return NOTHING
    local = _local(value)
    return _time(local, "", spoken(local))


def in_words(value: object) -> str:
    """What is marked up for a page, as it reads in a message, a mail or the API."""
    return unescape(strip_tags(str(value))) if hasattr(value, "__html__") else str(value)


def spoken(local: datetime, *, now: datetime | None = None) -> str:
    today = _local(now or timezone.now()).date()
    iso = local.isoformat()
    clock = iso[11:16]
    away = (local.date() - today).days
    if away == 0:
        return _("today %(clock)s") % {"clock": clock}
    if away == -1:
        return _("yesterday %(clock)s") % {"clock": clock}
    if away == 1:
        return _("tomorrow %(clock)s") % {"clock": clock}
    return f"{iso[5:10]} {clock}" if local.year == today.year else f"{iso[:10]} {clock}"


@register.filter
def ago(value: datetime | None) -> SafeString:
    """How long something has waited (5 min ago); grows while one looks (times.js)."""
    if value is None:
        return NOTHING
    return _ticking(value, "ago", _length(timezone.now() - value, "ago"))


@register.filter
def due(value: datetime | None, soon_from: datetime | None = None) -> SafeString:
    """How long is left, or how late it is: red when late, amber from `soon_from` on, else in the last hour."""
    if value is None:
        return NOTHING
    now = timezone.now()
    left = value - now
    soon_from = soon_from or value - timedelta(hours=1)
    tone = "late" if left < timedelta() else "soon" if soon_from <= now else ""
    soon = f' data-soon="{_local(soon_from).isoformat()}"'
    return _ticking(value, f"due{soon}", _length(abs(left), "late" if tone == "late" else "left"), tone)


def _ticking(value: datetime, kind: str, text: str, tone: str = "") -> SafeString:
    return _time(_local(value), f' class="{tone}" data-{kind}', text)


def _time(local: datetime, attributes: str, text: str) -> SafeString:
    """Nothing here was typed by anybody: a list of fifty rows need not escape its hundred and fifty times."""
    iso = local.isoformat()
    return SafeString(f'<time datetime="{iso}" title="{iso[:10]} {iso[11:19]}"{attributes}>{text}</time>')


HOUR, TWO_DAYS, DAY = 60, 48 * 60, 1440
WORDS = {
    "ago": (gettext_lazy("{n} min ago"), gettext_lazy("{n} h ago"), gettext_lazy("{n} d ago")),
    "left": (gettext_lazy("{n} min left"), gettext_lazy("{n} h left"), gettext_lazy("{n} d left")),
    "span": (gettext_lazy("{n} min"), gettext_lazy("{n} h"), gettext_lazy("{n} d")),
    "late": (gettext_lazy("{n} min late"), gettext_lazy("{n} h late"), gettext_lazy("{n} d late")),
}


def _length(span: timedelta, kind: str) -> str:
    """The same words as times.js: minutes up to an hour, hours up to two days, then days."""
    minutes = int(span.total_seconds() // 60)
    if kind == "ago" and minutes < 1:
        return _("just now")
    unit, divisor = (0, 1) if minutes < HOUR else (1, HOUR) if minutes < TWO_DAYS else (2, DAY)
    return _words(kind, get_language())[unit].replace("{n}", str(minutes // divisor))


@lru_cache
def _words(kind: str, _language: str | None) -> list[str]:
    """In the present language, looked up once: a list says two hundred of them."""
    return [str(words) for words in WORDS[kind]]


@register.filter
def span(value: timedelta | None) -> str:
    """A length of time as people say it: 12 min, 3 h, 4 d."""
    return "" if value is None else _length(value, "span")


@register.filter(is_safe=True)
@stringfilter
def at_most(text: str, length: int) -> str:
    """As `truncatechars`, which takes its time with the many texts that are short anyway."""
    return text if len(text) <= length else Truncator(text).chars(length)


@register.filter
def yuan(value: Decimal | None) -> str:
    return "" if value is None else f"¥{formats.number_format(value, 2, use_l10n=False, force_grouping=False)}"


@register.filter
def phone(value: str | None) -> str:
    """A stored telephone number as people write it."""
    return spoken_phone(value) if value else ""


@register.filter
def square_metres(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f} m²"
