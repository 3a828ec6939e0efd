"""Tags that templates of every app use."""

from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.template import Context, defaulttags
from django.template.base import Parser, Token
from django.template.loader import render_to_string
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from gongying.common.addresses import address_of
from gongying.common.alarms import Alarm, alarms_for
from gongying.common.editions import kept
from gongying.common.messages import waiting
from gongying.common.navigation import Entry, Group, Menu, entries_for, first_part, groups_for
from gongying.common.permissions import may as user_may

register = template.Library()


class AddressNode(defaulttags.URLNode):
    """`{% url %}` as Django has it; quicker where nothing but numbers and plain words tells the pages apart."""

    def render(self, context: Context) -> str:
        parts = [argument.resolve(context) for argument in self.args]
        if self.kwargs or not all(type(part) is str or (type(part) is int and part >= 0) for part in parts):
            return super().render(context)
        try:
            address = address_of(self.view_name.resolve(context), *parts)
        except NoReverseMatch:
            return super().render(context)
        if self.asvar:
            context[self.asvar] = address
            return ""
        return conditional_escape(address) if context.autoescape else address


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    known = defaulttags.url(parser, token)
    return AddressNode(known.view_name, known.args, known.kwargs, known.asvar)


@register.simple_tag
def state(label: object, tone: str = "") -> SafeString:
    """`{% state request.state_label "late" %}`: a state in words; the tones are late, soon, good, here. A list has hundreds."""
    return format_html('<span class="state{}">{}</span>', f" state-{tone}" if tone else "", label)


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str, thing: Any = None) -> bool:
    """`{% may "servicedesk.dispatch_work" request as can_dispatch %}`"""
    return user_may(context["user"], permission, thing)


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any], name: str) -> list[Entry]:
    """`{% menu "rail" as entries %}`: what this person may open."""
    user = context.get("user")
    return entries_for(user, Menu(name)) if user and user.is_authenticated else []


@register.simple_tag(takes_context=True)
def rail_groups(context: dict[str, Any]) -> list[Group]:
    """`{% rail_groups as groups %}`: the places of the rail."""
    user = context.get("user")
    return groups_for(user) if user and user.is_authenticated else []


@register.simple_tag(takes_context=True)
def group_here(context: dict[str, Any], groups: list[Group]) -> Group | None:
    """The place on the rail to which the present page belongs: rather the one with the page than one that covers it."""
    path = _path(context)
    opens = (group for group in groups if any(entry.opens(path) for entry in group.entries))
    covers = (group for group in groups if any(first_part(path) in entry.covers for entry in group.entries))
    return next(opens, None) or next(covers, None)


@register.simple_tag(takes_context=True)
def is_in_settings(context: dict[str, Any], settings_url: str, entries: list[Entry], here: Group | None) -> bool:
    """Whether the present page is that of the settings, or belongs to one of its cards and to no place of the rail."""
    request = context.get("request")
    if request is not None and request.path == settings_url:
        return True
    return here is None and is_beside_one_of(context, entries)


@register.simple_tag(takes_context=True)
def standing(context: dict[str, Any], template_name: str, *where: Any, **shown: Any) -> SafeString:
    """A part of a page that hangs on the person, the language and `where` she is alone: made once per edition.

    It knows the frame's menus and what is `shown`; of all that, only `where` tells one making from another.
    """
    user = context.get("user")
    names = ("rail", "here_group", "entry_buttons", "settings_entries", "settings_url", "in_settings")
    given = {name: context.get(name) for name in names} | shown
    key = ("standing", template_name, user.pk if user else None, get_language(), *where)
    return kept(key, lambda: render_to_string(template_name, given))


@register.simple_tag
def shared(template_name: str, *where: Any, **shown: Any) -> SafeString:
    """As `standing`, of what is the same for everybody: it knows only what is `shown`, and that hangs on `where`."""
    return kept(("shared", template_name, get_language(), *where), lambda: render_to_string(template_name, shown))


@register.simple_tag(takes_context=True)
def alarms(context: dict[str, Any]) -> list[Alarm]:
    """What this person should see to at once."""
    user = context.get("user")
    return alarms_for(user) if user and user.is_authenticated else []


@register.simple_tag(takes_context=True)
def entries_here(context: dict[str, Any], group: Group) -> tuple[str, ...]:
    """The addresses of those entries to which the present page belongs: the same page, deeper, or one that it covers."""
    path = _path(context)
    return tuple(entry.url for entry in group.entries if entry.opens(path) or first_part(path) in entry.covers)


@register.simple_tag(takes_context=True)
def is_beside_one_of(context: dict[str, Any], entries: list[Entry]) -> bool:
    """Whether the address of the present page begins as that of one of these entries."""
    return first_part(_path(context)) in {first_part(entry.url) for entry in entries}


def _path(context: dict[str, Any]) -> str:
    request = context.get("request")
    return "/-" if request is None else str(request.path)


@register.simple_tag(takes_context=True)
def waiting_messages(context: dict[str, Any]) -> list[Message]:
    """What the page has to say; empty where there is no session (error pages)."""
    request = context.get("request")
    return waiting(request) if request is not None else []


@register.filter
def initial(name: Any) -> str:
    """The character in the round picture of a person: the last one of a Chinese name, the first of a Latin one."""
    text = str(name).strip()
    return (text[:1] if text.isascii() else text[-1:]).upper()
