from django.urls import path

from gongying.mediation.views import cases, steps

app_name = "mediation"

urlpatterns = [
    path("mediation/", cases.index, name="case-index"),
    path("mediation/new/", cases.new, name="case-new"),
    path("requests/<int:request_id>/mediation/", cases.of_request, name="request-panel"),
    path("mediation/<int:case_id>/", cases.show, name="case-show"),
    path("mediation/<int:case_id>/paper/", cases.paper, name="case-paper"),
    path("mediation/<int:case_id>/sides/new/", cases.new_side, name="side-new"),
    path("mediation/sides/<int:side_id>/", cases.hear, name="side-edit"),
    path("mediation/<int:case_id>/pass-on/", cases.pass_on, name="case-pass-on"),
    path("mediation/<int:case_id>/meet/", steps.meet, name="case-meet"),
    path("mediation/<int:case_id>/agree/", steps.agree, name="case-agree"),
    path("mediation/<int:case_id>/keep/", steps.keep, name="case-keep"),
    path("mediation/<int:case_id>/breach/", steps.breach, name="case-breach"),
    path("mediation/<int:case_id>/refer/", steps.refer, name="case-refer"),
    path("mediation/<int:case_id>/fail/", steps.fail, name="case-fail"),
    path("mediation/<int:case_id>/withdraw/", steps.withdraw, name="case-withdraw"),
]
