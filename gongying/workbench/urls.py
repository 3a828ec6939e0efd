from django.urls import path

from gongying.workbench.views import home, search

app_name = "workbench"

urlpatterns = [
    path("", home.show, name="home-show"),
    path("search/", search.index, name="search-index"),
]
