from django.urls import path

from gongying.moods.views import moods

app_name = "moods"

urlpatterns = [
    path("mood/", moods.create, name="mood-create"),
    path("mood/decline/", moods.decline, name="mood-decline"),
]
