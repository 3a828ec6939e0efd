"""Who may change places: only where her territory covers them."""

from typing import Any

import rules
from django.utils.translation import gettext_lazy as _

from gongying.estates.scopes import scope_of

PERMISSIONS = {
    "estates.manage_property": _("Create and change buildings, units, parking spaces and facilities"),
    "estates.manage_project": _("Create projects and change their settings"),
}


@rules.predicate  # type: ignore[untyped-decorator]
def serves_place(user: Any, thing: Any) -> bool:
    """The whole of what is changed lies in the user's territory."""
    return scope_of(user).covers(thing.place)


rules.add_perm("estates.manage_property", serves_place)
rules.add_perm("estates.manage_project", serves_place)
