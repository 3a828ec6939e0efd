from django.urls import path

from gongying.briefings.views import briefings

app_name = "briefings"

urlpatterns = [
    path("briefings/", briefings.index, name="briefing-index"),
    path("briefings/notices/new/", briefings.new_notice, name="notice-new"),
    path("briefings/reports/new/", briefings.new_report, name="report-new"),
    path("briefings/<int:briefing_id>/", briefings.show, name="briefing-show"),
    path("briefings/<int:briefing_id>/acknowledge/", briefings.read, name="briefing-read"),
    path("briefings/<int:briefing_id>/answer/", briefings.answer, name="briefing-answer"),
    path("briefings/<int:briefing_id>/withdraw/", briefings.withdraw, name="briefing-withdraw"),
    path("briefings/<int:briefing_id>/remind/", briefings.remind, name="briefing-remind"),
]
