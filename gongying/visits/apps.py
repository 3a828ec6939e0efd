from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VisitsConfig(AppConfig):
    name = "gongying.visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.streams import register_stream
        from gongying.events.subjects import Kind, register_kind
        from gongying.visits import presentation
        from gongying.visits.models import HomeVisit
        from gongying.visits.models.visits import who_visits
        from gongying.visits.rules import VIEW

        presentation.register()
        register_stream("visits", who_visits)
        register_kind(
            Kind(
                HomeVisit,
                "visits:visit-show",
                VIEW,
                stays_in_place=True,
                is_short=True,
                takes_plans=True,
                related=("unit",),
            )
        )
        register(
            Entry(
                "visits:route-show",
                _("Home visits"),
                "door",
                (VIEW,),
                order=30,
                under="customers:unit-index",
                covers=("visits",),
            )
        )
        register_panel(
            Panel(
                place="unit",
                key="visits",
                label=_("Home visits"),
                url_name="visits:unit-panel",
                permissions=(VIEW,),
                rank=60,
            )
        )
