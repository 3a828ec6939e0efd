from django.urls import path

from gongying.checklists.views import lists, phrases, runs

app_name = "checklists"

urlpatterns = [
    path("checks/", runs.index, name="run-index"),
    path("checks/new/", runs.create, name="run-create"),
    path("checks/<int:run_id>/", runs.show, name="run-show"),
    path("checks/<int:run_id>/ticks/", runs.tick, name="run-tick"),
    path("phrases/", phrases.index, name="phrase-index"),
    path("phrases/hints/", phrases.hints, name="hint-index"),
    path("phrases/wording/", phrases.check_wording, name="wording-check"),
    path("phrases/new/", phrases.new, name="phrase-new"),
    path("phrases/<int:phrase_id>/", phrases.edit, name="phrase-edit"),
    path("settings/check-lists/", lists.index, name="list-index"),
    path("settings/check-lists/new/", lists.new, name="list-new"),
    path("settings/check-lists/<int:list_id>/", lists.show, name="list-show"),
    path("settings/check-lists/<int:list_id>/versions/new/", lists.rewrite, name="version-new"),
    path("settings/check-lists/<int:list_id>/end/", lists.give_up, name="list-end"),
]
