from django.urls import path

from gongying.improvements.views import items

app_name = "improvements"

urlpatterns = [
    path("improvements/", items.index, name="item-index"),
    path("improvements/<int:item_id>/", items.show, name="item-show"),
    path("improvements/<int:item_id>/finish/", items.finish, name="item-finish"),
]
