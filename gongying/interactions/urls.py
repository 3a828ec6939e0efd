from django.urls import path

from gongying.interactions.views import interactions, promises, repeats

app_name = "interactions"

urlpatterns = [
    path("interactions/", interactions.index, name="interaction-index"),
    path("interactions/<int:interaction_id>/", interactions.show, name="interaction-show"),
    path("interactions/<int:interaction_id>/edit/", interactions.edit, name="interaction-edit"),
    path("interactions/<int:interaction_id>/update/", interactions.update, name="interaction-update"),
    path("interactions/<int:interaction_id>/repeat/", repeats.create, name="repeat-create"),
    path("interactions/<int:interaction_id>/repeat/destroy/", repeats.destroy, name="repeat-destroy"),
    path("promises/", promises.index, name="promise-index"),
    path("units/<int:unit_id>/promises/", promises.count_of_unit, name="unit-promises"),
    path("promises/<int:promise_id>/", promises.show, name="promise-show"),
    path("promises/<int:promise_id>/keeping/", promises.keep, name="keeping-create"),
]
