from django.apps import AppConfig


class MoodsConfig(AppConfig):
    name = "gongying.moods"
    default_auto_field = "django.db.models.BigAutoField"
