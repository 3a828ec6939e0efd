from django.urls import path

from gongying.workbench.views import help as help_pages
from gongying.workbench.views import home, search, settings, state

app_name = "workbench"

urlpatterns = [
    path("", home.show, name="home-show"),
    path("search/", search.index, name="search-index"),
    path("settings/", settings.index, name="settings-index"),
    path("settings/state/", state.show, name="state-show"),
    path("help/", help_pages.show, name="help-show"),
]
