from django.urls import path

from gongying.reception.views import calls, desk, display, handovers, purposes, visits

app_name = "reception"

urlpatterns = [
    path("reception/", desk.show, name="desk-show"),
    path("reception/display/", display.show, name="display-show"),
    path("reception/seat/", display.sit, name="seat-edit"),
    path("reception/arrivals/", desk.arrive, name="arrival-create"),
    path("reception/tickets/<int:ticket_id>/", visits.show, name="ticket-show"),
    path("reception/tickets/<int:ticket_id>/steps/<slug:verb>/", visits.step, name="ticket-step"),
    path("reception/tickets/<int:ticket_id>/visitor/", visits.identify, name="visitor-create"),
    path("reception/tickets/<int:ticket_id>/notes/", visits.note, name="note-create"),
    path("reception/tickets/<int:ticket_id>/result/", visits.finish, name="ticket-finish"),
    path("reception/tickets/<int:ticket_id>/help/", calls.create, name="help-create"),
    path("reception/help/", calls.strip, name="help-index"),
    path("reception/help/<int:call_id>/withdraw/", calls.withdraw, name="help-withdraw"),
    path("reception/handovers/", handovers.index, name="handover-index"),
    path("reception/handovers/new/", handovers.create, name="handover-create"),
    path("reception/handovers/<int:handover_id>/", handovers.show, name="handover-show"),
    path("reception/handovers/<int:handover_id>/paper/", handovers.paper, name="handover-paper"),
    path("reception/handovers/<int:handover_id>/signature/", handovers.sign, name="handover-sign"),
    path("settings/visit-purposes/", purposes.index, name="purpose-index"),
    path("settings/visit-purposes/<int:purpose_id>/", purposes.edit, name="purpose-edit"),
]
