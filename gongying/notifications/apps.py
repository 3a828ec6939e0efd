from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "gongying.notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.notifications import presentation

        presentation.register()
