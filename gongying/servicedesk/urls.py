from django.urls import path

from gongying.servicedesk.views import entries

app_name = "servicedesk"

urlpatterns = [
    path("entries/", entries.create, name="entry-create"),
    path("entries/new/", entries.new, name="entry-new"),
    path("entries/suggestions/", entries.suggestions, name="entry-suggestions"),
    path("entries/<int:interaction_id>/", entries.show, name="entry-show"),
]
