"""Tags that templates of every app use."""

from typing import Any

from django import template

from gongying.common.permissions import may as user_may

register = template.Library()


@register.simple_tag(takes_context=True)
def may(context: dict[str, Any], permission: str, thing: Any = None) -> bool:
    """`{% may "servicedesk.dispatch" request as can_dispatch %}`"""
    return user_may(context["user"], permission, thing)
