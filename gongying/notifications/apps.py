from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "gongying.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.events.streams import ones_own, register_stream
        from gongying.notifications import presentation

        presentation.register()
        register_stream("user", ones_own)
