from gongying.common import navigation
from gongying.common.navigation import Menu
from tests.structure.url_matrix import api, page

# Who may open one of the cards may open the page that shows them.
SETTINGS = tuple({code for entry in navigation.entries() if entry.menu == Menu.SETTINGS for code in entry.permissions})

LINES = [
    page("workbench:home-show"),
    page("workbench:search-index"),
    api("GET /search", data={"q": "2-1-301"}, allowed=(200,)),
    page("workbench:help-show"),
    page("workbench:settings-index", needs=SETTINGS),
    page("workbench:state-show", needs="organization.manage_roles"),
    page("parts-index", data={"of": "/notifications/bell/"}, allowed=(200,)),
    page("common:styleguide-show", needs="organization.manage_roles"),
]
