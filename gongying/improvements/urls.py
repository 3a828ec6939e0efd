from django.urls import path

from gongying.improvements.views import items, measures

app_name = "improvements"

urlpatterns = [
    path("improvements/", items.index, name="item-index"),
    path("improvements/<int:item_id>/", items.show, name="item-show"),
    path("improvements/<int:item_id>/finish/", items.finish, name="item-finish"),
    path("improvements/from-checks/<int:tick_id>/", measures.new, name="measure-new"),
    path("checks/<int:run_id>/measures/", measures.index, name="run-panel"),
]
