from django.urls import include, path

from config.api import api
from gongying.common.views import health

urlpatterns = [
    path("healthz", health.show, name="health-show"),
    path("api/v1/", api.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("gongying.events.urls")),
    path("files/", include("gongying.files.urls")),
    path("", include("gongying.workbench.urls")),
]
