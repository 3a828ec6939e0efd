from django.urls import path

from gongying.estates.place_kinds import KINDS
from gongying.estates.views import facilities, places, projects

app_name = "estates"

urlpatterns = [
    path("projects/", projects.index, name="project-index"),
    path("projects/new", places.create_project, name="project-create"),
    path("projects/<int:pk>/", projects.show, name="project-show"),
    path("projects/<int:pk>/settings", projects.configure, name="settings-update"),
    path("buildings/<int:pk>/", projects.show_building, name="building-show"),
    path("facilities/", facilities.index, name="facility-index"),
    path("facilities/<int:pk>/", facilities.show, name="facility-show"),
    path("parking-spaces/", facilities.spaces, name="parking-space-index"),
]
for kind in KINDS.values():
    if kind.parent:
        urlpatterns.append(
            path(
                f"{kind.parent}s/<int:parent_id>/{kind.plural}/new",
                places.create,
                {"kind": kind.key},
                name=f"{kind.key}-create",
            )
        )
    urlpatterns += [
        path(f"{kind.plural}/<int:pk>/edit", places.edit, {"kind": kind.key}, name=f"{kind.key}-edit"),
        path(f"{kind.plural}/<int:pk>/delete", places.destroy, {"kind": kind.key}, name=f"{kind.key}-destroy"),
    ]
