from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BriefingsConfig(AppConfig):
    name = "gongying.briefings"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.briefings import presentation
        from gongying.briefings.models import Briefing
        from gongying.common.navigation import Entry, register
        from gongying.events.subjects import Kind, register_kind
        from gongying.notifications.digests import Part, register_part

        presentation.register()
        register_kind(
            Kind(Briefing, "briefings:briefing-show", stays_in_place=True, is_short=True, related=("project",))
        )
        register_part(
            Part(
                "briefings",
                _("To be read"),
                count=lambda user: Briefing.objects.unread_by(user).count(),
                url_name="briefings:briefing-index",
                query="list=unread",
                order=60,
            )
        )
        register(
            Entry(
                "briefings:briefing-index",
                _("Notices and reports"),
                "speakerphone",
                order=51,
                under="schedule:calendar-home",
            )
        )
