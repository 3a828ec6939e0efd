"""One place for how dates, times, areas and money are shown."""

from datetime import datetime, timedelta
from decimal import Decimal

from django import template
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def moment(value: datetime | None) -> SafeString | str:
    """A time as people say it (today 14:30), with the exact time on hover."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        local.isoformat(),
        local.strftime("%Y-%m-%d %H:%M:%S"),
        spoken(local),
    )


def spoken(local: datetime, *, now: datetime | None = None) -> str:
    today = timezone.localtime(now).date()
    clock = local.strftime("%H:%M")
    if local.date() == today:
        return _("today %(clock)s") % {"clock": clock}
    if local.date() == today - timedelta(days=1):
        return _("yesterday %(clock)s") % {"clock": clock}
    if local.date() == today + timedelta(days=1):
        return _("tomorrow %(clock)s") % {"clock": clock}
    if local.year == today.year:
        return local.strftime("%m-%d %H:%M")
    return local.strftime("%Y-%m-%d %H:%M")


@register.filter
def ago(value: datetime | None) -> SafeString | str:
    """How long something has waited (5 min ago); grows while one looks (times.js)."""
    if value is None:
        return ""
    return _ticking(value, "ago", _length(timezone.now() - value, "ago"))


@register.filter
def due(value: datetime | None) -> SafeString | str:
    """How long is left, or how late it is: red when late, amber in the last hour."""
    if value is None:
        return ""
    left = value - timezone.now()
    tone = "late" if left < timedelta() else "soon" if left < timedelta(hours=1) else ""
    return _ticking(value, "due", _length(abs(left), "late" if tone == "late" else "left"), tone)


def _ticking(value: datetime, kind: str, text: str, tone: str = "") -> SafeString:
    local = timezone.localtime(value)
    exact = local.strftime("%Y-%m-%d %H:%M:%S")
    return format_html(
        '<time datetime="{}" title="{}" class="{}" data-{}>{}</time>', local.isoformat(), exact, tone, kind, text
    )


def _length(span: timedelta, kind: str) -> str:
    """The same words as times.js: minutes up to an hour, hours up to two days, then days."""
    minutes = int(span.total_seconds() // 60)
    words = {
        "ago": (_("{n} min ago"), _("{n} h ago"), _("{n} d ago")),
        "left": (_("{n} min left"), _("{n} h left"), _("{n} d left")),
        "late": (_("{n} min late"), _("{n} h late"), _("{n} d late")),
    }[kind]
    if kind == "ago" and minutes < 1:
        return _("just now")
    number, word = (
        (minutes, words[0])
        if minutes < 60  # noqa: PLR2004 minutes of an hour
        else (minutes // 60, words[1])
        if minutes < 48 * 60
        else (minutes // 1440, words[2])
    )
    return word.replace("{n}", str(number))


@register.filter
def yuan(value: Decimal | None) -> str:
    return "" if value is None else f"¥{formats.number_format(value, 2, use_l10n=False, force_grouping=False)}"


@register.filter
def square_metres(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f} m²"
