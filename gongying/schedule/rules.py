from typing import Final

from django.utils.translation import gettext_lazy as _

MANAGE_CALENDAR: Final = "schedule.manage_calendar"
MANAGE_HOURS: Final = "schedule.manage_hours"
VIEW_DUTY: Final = "schedule.view_duty"
MANAGE_DUTY: Final = "schedule.manage_duty"
VIEW_PLANS: Final = "schedule.view_plans"
MANAGE_RESOURCES: Final = "schedule.manage_resources"

PERMISSIONS = {
    MANAGE_CALENDAR: _("edit and import holidays and make-up working days"),
    MANAGE_HOURS: _("edit working hours"),
    VIEW_DUTY: _("see who is on duty"),
    MANAGE_DUTY: _("edit the duty roster"),
    VIEW_PLANS: _("see what colleagues of the same projects have planned"),
    MANAGE_RESOURCES: _("edit meeting rooms and company cars"),
}
