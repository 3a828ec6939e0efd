from django.urls import include, path
from django.views.i18n import set_language

from config.api import api
from gongying.common.views import health, metrics, parts

urlpatterns = [
    path("healthz", health.show, name="health-show"),
    path("metrics", metrics.show, name="metrics-show"),
    path("parts/", parts.index, name="parts-index"),
    path("api/v1/", api.urls),
    # What is asked for most stands first: whatever stands before it is tried in vain each time.
    path("", include("gongying.servicedesk.urls")),
    path("accounts/", include("gongying.accounts.urls")),
    path("", include("gongying.events.urls")),
    path("territories/", include("gongying.estates.territory_urls")),
    path("organization/", include("gongying.organization.urls")),
    path("authority/", include("gongying.authority.urls")),
    path("", include("gongying.estates.urls")),
    path("", include("gongying.customers.urls")),
    path("", include("gongying.briefings.urls")),
    path("", include("gongying.moods.urls")),
    path("", include("gongying.group_chats.urls")),
    path("", include("gongying.checklists.urls")),
    path("files/", include("gongying.files.urls")),
    path("", include("gongying.imports.urls")),
    path("language", set_language, name="set_language"),
    path("styleguide/", include("gongying.common.urls")),
    path("", include("gongying.interactions.urls")),
    path("", include("gongying.schedule.urls")),
    path("", include("gongying.improvements.urls")),
    path("", include("gongying.notifications.urls")),
    path("", include("gongying.custody.urls")),
    path("", include("gongying.reception.urls")),
    path("", include("gongying.visits.urls")),
    path("", include("gongying.handover.urls")),
    path("", include("gongying.joint_reviews.urls")),
    path("", include("gongying.fitouts.urls")),
    path("", include("gongying.mediation.urls")),
    path("", include("gongying.reports.urls")),
    path("", include("gongying.workbench.urls")),
]

handler400 = "gongying.common.views.errors.bad_request"
handler403 = "gongying.common.views.errors.permission_denied"
handler404 = "gongying.common.views.errors.page_not_found"
handler500 = "gongying.common.views.errors.server_error"
