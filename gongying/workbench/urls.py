from django.urls import path

from gongying.workbench.views import home

app_name = "workbench"

urlpatterns = [path("", home.show, name="home-show")]
