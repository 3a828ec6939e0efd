"""How people and their numbers stand on a page."""

from typing import Any

from django import template

from gongying.customers import masking
from gongying.customers.rules import may_use_phone as user_may_use_phone

register = template.Library()

register.filter("masked_phone", masking.masked_phone)
register.filter("masked_identity", masking.masked_identity)


@register.simple_tag(takes_context=True)
def may_use_phone(context: dict[str, Any], party: Any) -> bool:
    """`{% may_use_phone party as can_dial %}`"""
    return user_may_use_phone(context["user"], party)
