from django.urls import path

from gongying.visits.views import coverage, visits

app_name = "visits"

urlpatterns = [
    path("visits/", visits.index, name="visit-index"),
    path("visits/route/", visits.route, name="route-show"),
    path("visits/route/paper/", visits.paper, name="route-paper"),
    path("visits/coverage/", coverage.show, name="coverage-show"),
    path("visits/households/", coverage.units, name="household-index"),
    path("visits/proposals/", coverage.proposals, name="proposal-index"),
    path("visits/units/<int:unit_id>/new/", visits.create, name="visit-create"),
    path("visits/units/<int:unit_id>/log/", visits.log, name="visit-log"),
    path("visits/<int:visit_id>/", visits.show, name="visit-show"),
    path("visits/<int:visit_id>/steps/<slug:verb>/", visits.step, name="visit-step"),
    path("visits/<int:visit_id>/asked/<slug:verb>/", visits.ask, name="visit-ask"),
    path("visits/<int:visit_id>/record/", visits.record, name="record-create"),
    path("visits/needs/<int:need_id>/dispatch/", visits.dispatch, name="need-dispatch"),
    path("visits/needs/<int:need_id>/decline/", visits.decline, name="need-decline"),
    path("units/<int:unit_id>/visits/", coverage.panel, name="unit-panel"),
]
