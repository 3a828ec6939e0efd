from django.urls import path

from gongying.common.views import styleguide

app_name = "common"

urlpatterns = [path("", styleguide.show, name="styleguide-show")]
