from django.urls import path

from gongying.schedule.views import calendar_events, duty_posts, duty_shifts, hours, planner, resources, roster, years

app_name = "schedule"

urlpatterns = [
    path("calendar/", years.index, name="year-index"),
    path("calendar/<int:year>/", years.show, name="year-show"),
    path("calendar/<int:year>/complete/", years.complete, name="year-complete"),
    path("calendar/<int:year>/reopen/", years.reopen, name="year-reopen"),
    path("calendar/<int:year>/<int:month>/<int:day>/", years.show_day, name="day-show"),
    path("calendar/mine/", planner.agenda, name="agenda-show"),
    path("calendar/team/", planner.team, name="team-show"),
    path("calendar/events/new/", calendar_events.create, name="calendar-event-create"),
    path("calendar/events/<int:event_id>/", calendar_events.show, name="calendar-event-show"),
    path("calendar/events/<int:event_id>/edit/", calendar_events.edit, name="calendar-event-edit"),
    path("calendar/events/<int:event_id>/cancel/", calendar_events.cancel, name="calendar-event-cancel"),
    path("calendar/events/<int:event_id>/answer/", calendar_events.answer, name="calendar-event-answer"),
    path("rooms/", resources.index, name="resource-index"),
    path("rooms/new/", resources.create, name="resource-create"),
    path("rooms/<int:resource_id>/", resources.edit, name="resource-edit"),
    path("rooms/<int:resource_id>/destroy/", resources.destroy, name="resource-destroy"),
    path("working-hours/", hours.index, name="hours-index"),
    path("working-hours/company/", hours.set_company, name="company-hours-set"),
    path("working-hours/projects/<int:project_id>/", hours.set_project, name="hours-set"),
    path("working-hours/<int:week_id>/end/", hours.end, name="hours-end"),
    path("duty/", roster.show, name="roster-show"),
    path("duty/paper/", roster.paper, name="roster-paper"),
    path("duty/now/", roster.now, name="duty-now"),
    path("duty/units/<int:unit_id>/", roster.unit_panel, name="unit-panel"),
    path("duty/projects/<int:project_id>/copy/", roster.copy, name="roster-copy"),
    path("duty/projects/<int:project_id>/posts/new/", duty_posts.create, name="duty-post-create"),
    path("duty/posts/<int:post_id>/", duty_posts.edit, name="duty-post-edit"),
    path("duty/posts/<int:post_id>/destroy/", duty_posts.destroy, name="duty-post-destroy"),
    path("duty/posts/<int:post_id>/shifts/new/", duty_shifts.create, name="duty-shift-create"),
    path("duty/shifts/<int:shift_id>/", duty_shifts.edit, name="duty-shift-edit"),
    path("duty/shifts/<int:shift_id>/destroy/", duty_shifts.destroy, name="duty-shift-destroy"),
]
