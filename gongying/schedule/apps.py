from django.apps import AppConfig


class ScheduleConfig(AppConfig):
    name = "gongying.schedule"
    default_auto_field = "django.db.models.BigAutoField"
