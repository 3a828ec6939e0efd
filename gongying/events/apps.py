from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "gongying.events"
    default_auto_field = "django.db.models.BigAutoField"
