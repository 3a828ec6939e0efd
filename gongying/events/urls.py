from django.urls import path

from gongying.events.views import timelines

app_name = "events"

urlpatterns = [path("timeline/<slug:kind>/<int:pk>/", timelines.index, name="timeline-index")]
