from typing import Any

from django.apps import AppConfig
from django.apps import apps as live_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ScheduleConfig(AppConfig):
    name = "gongying.schedule"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.alarms import Watch, register_alarm
        from gongying.common.navigation import Entry, Menu, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.streams import ones_own, register_stream
        from gongying.events.subjects import Kind, register_kind
        from gongying.imports.importers import register_importer
        from gongying.schedule import presentation, task_pages
        from gongying.schedule.event_importer import EventImporter
        from gongying.schedule.importers import CalendarImporter
        from gongying.schedule.models import CalendarEvent
        from gongying.schedule.models.team import team_ids
        from gongying.schedule.rules import MANAGE_CALENDAR, MANAGE_HOURS, MANAGE_RESOURCES, VIEW_DUTY

        post_migrate.connect(install, sender=self)
        presentation.register()
        register_importer(CalendarImporter())
        register_importer(EventImporter())
        register_alarm("calendar", Watch(MANAGE_HOURS, presentation.missing_calendar))
        register_kind(Kind(CalendarEvent, "schedule:calendar-event-show", is_short=True))
        register_stream("plans", team_ids)
        register_stream("tasks", ones_own)
        home = "schedule:calendar-home"
        register(Entry(home, _("Calendar"), "calendar-event", order=49, covers=("calendar",)))
        register(Entry("schedule:roster-show", _("Duty"), "shield-check", (VIEW_DUTY,), order=50, under=home))
        task_pages.register()
        settings = (MANAGE_CALENDAR, MANAGE_HOURS)
        register(
            Entry(
                "schedule:year-index",
                _("Working-day calendar"),
                "calendar",
                settings,
                Menu.SETTINGS,
                order=20,
                help=_("Holidays and working weekends of each year; deadlines in working days follow them"),
            )
        )
        register(
            Entry(
                "schedule:hours-index",
                _("Working hours"),
                "clock-hour-9",
                settings,
                Menu.SETTINGS,
                order=21,
                help=_("When the clocks of business hours run, for the company and for single projects"),
            )
        )
        register(
            Entry(
                "schedule:resource-index",
                _("Rooms and cars"),
                "door",
                (MANAGE_RESOURCES,),
                Menu.SETTINGS,
                order=22,
                help=_("What is booked with an event of the calendar, and never twice at once"),
            )
        )
        planned = pgettext_lazy("beside a matter", "Planned")
        register_panel(Panel("unit", "planned", planned, "schedule:planned-of-unit", rank=50))
        register_panel(Panel("customer", "planned", planned, "schedule:planned-of-customer", rank=50))
        register_panel(
            Panel(
                place="unit",
                key="on-duty",
                label=_("On duty now"),
                url_name="schedule:unit-panel",
                permissions=(VIEW_DUTY,),
                rank=90,
            )
        )


def install(apps: Any = live_apps, **kwargs: Any) -> None:
    from gongying.schedule.installation import install_calendar, install_hours

    install_calendar(apps)
    install_hours(apps)
