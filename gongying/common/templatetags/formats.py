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
def yuan(value: Decimal | None) -> str:
    return "" if value is None else f"¥{formats.number_format(value, 2, use_l10n=False, force_grouping=False)}"


@register.filter
def square_metres(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f} m²"
