from django.urls import include, path

from gongying.common.views import health

urlpatterns = [
    path("healthz", health.show, name="health-show"),
    path("accounts/", include("allauth.urls")),
    path("", include("gongying.workbench.urls")),
]
