"""How a lower page shows something of a higher app: the higher app registers a panel, the page loads it with `hx-get`.

    register_panel(Panel(place="unit", key="open-requests", label=_("Open matters"), url_name="servicedesk:unit-panel",
                         permissions=("servicedesk.view_requests",), rank=10))

Places: `unit` and `customer` (the right column of the household's and the customer's page), `check-run` (a ticked check list in which something failed), `unit-head` (chips in the head that
stays on the screen), `unit-menu` (what is begun from there under “More”: its URL takes nothing and is asked with `?unit=`), `territory` (below its places and people), `request` and `improvement` (beside their facts); these
three without a frame: the panel brings its own or nothing. `home` (a number above the sections of the first
page; its URL takes nothing). The URL of the others takes the primary key of the thing; what it answers replaces the panel's body.
"""

from dataclasses import dataclass

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from gongying.common.permissions import may


@dataclass(frozen=True)
class Panel:
    place: str
    key: str
    label: str | Promise
    url_name: str
    permissions: tuple[str, ...] = ()  # one of them is enough; none: everybody
    rank: int = 100


_panels: dict[tuple[str, str], Panel] = {}


def register_panel(panel: Panel) -> None:
    if _panels.setdefault((panel.place, panel.key), panel) is not panel:
        raise ValueError(f"two panels of {panel.place!r} are called {panel.key!r}")


def panels_of(place: str, user: AbstractBaseUser | AnonymousUser) -> list[Panel]:
    """What this person may see there, in order."""
    found = [panel for panel in _panels.values() if panel.place == place]
    seen = [panel for panel in found if not panel.permissions or any(may(user, one) for one in panel.permissions)]
    return sorted(seen, key=lambda panel: panel.rank)
