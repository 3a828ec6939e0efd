from django.urls import include, path
from django.views.i18n import set_language

from config.api import api
from gongying.common.routing import addresses_of
from gongying.common.views import health, metrics, parts

urlpatterns = [
    path("healthz", health.show, name="health-show"),
    path("metrics", metrics.show, name="metrics-show"),
    path("parts/", parts.index, name="parts-index"),
    path("api/v1/", api.urls),
    addresses_of("gongying.servicedesk.urls"),
    path("accounts/", include("gongying.accounts.urls")),
    addresses_of("gongying.events.urls"),
    path("territories/", include("gongying.estates.territory_urls")),
    path("organization/", include("gongying.organization.urls")),
    path("authority/", include("gongying.authority.urls")),
    addresses_of("gongying.estates.urls"),
    addresses_of("gongying.customers.urls"),
    addresses_of("gongying.briefings.urls"),
    addresses_of("gongying.moods.urls"),
    addresses_of("gongying.group_chats.urls"),
    addresses_of("gongying.checklists.urls"),
    path("files/", include("gongying.files.urls")),
    addresses_of("gongying.imports.urls"),
    path("language", set_language, name="set_language"),
    path("styleguide/", include("gongying.common.urls")),
    addresses_of("gongying.interactions.urls"),
    addresses_of("gongying.schedule.urls"),
    addresses_of("gongying.improvements.urls"),
    addresses_of("gongying.notifications.urls"),
    addresses_of("gongying.custody.urls"),
    addresses_of("gongying.reception.urls"),
    addresses_of("gongying.visits.urls"),
    addresses_of("gongying.handover.urls"),
    addresses_of("gongying.joint_reviews.urls"),
    addresses_of("gongying.fitouts.urls"),
    addresses_of("gongying.mediation.urls"),
    addresses_of("gongying.reports.urls"),
    addresses_of("gongying.workbench.urls"),
]

handler400 = "gongying.common.views.errors.bad_request"
handler403 = "gongying.common.views.errors.permission_denied"
handler404 = "gongying.common.views.errors.page_not_found"
handler500 = "gongying.common.views.errors.server_error"
