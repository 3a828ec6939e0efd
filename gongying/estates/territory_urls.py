from django.urls import path

from gongying.estates.views import territories, territory_assignments, territory_scopes

app_name = "territories"

urlpatterns = [
    path("", territories.index, name="territory-index"),
    path("new/", territories.new, name="territory-new"),
    path("create/", territories.create, name="territory-create"),
    path("<int:territory_id>/", territories.show, name="territory-show"),
    path("<int:territory_id>/edit/", territories.edit, name="territory-edit"),
    path("<int:territory_id>/update/", territories.update, name="territory-update"),
    path("<int:territory_id>/destroy/", territories.destroy, name="territory-destroy"),
    path("<int:territory_id>/places/new/", territory_scopes.new, name="scope-new"),
    path("<int:territory_id>/places/", territory_scopes.create, name="scope-create"),
    path("places/<int:scope_id>/move/", territory_scopes.move, name="scope-move"),
    path("places/<int:scope_id>/repartition/", territory_scopes.repartition, name="scope-repartition"),
    path("places/<int:scope_id>/ending/", territory_scopes.ending, name="scope-ending"),
    path("places/<int:scope_id>/end/", territory_scopes.end, name="scope-end"),
    path("<int:territory_id>/people/new/", territory_assignments.new, name="assignment-new"),
    path("<int:territory_id>/people/", territory_assignments.create, name="assignment-create"),
    path("people/<int:assignment_id>/ending/", territory_assignments.ending, name="assignment-ending"),
    path("people/<int:assignment_id>/end/", territory_assignments.end, name="assignment-end"),
]
