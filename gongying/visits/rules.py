"""Who may do what with home visits."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gongying.visits import machines

MAKE: Final = machines.MAKE
VIEW: Final = "visits.view_visits"

PERMISSIONS = {
    MAKE: _("plan home visits, make and record them"),
    VIEW: _("see the home visits and the coverage of the own territory"),
}
