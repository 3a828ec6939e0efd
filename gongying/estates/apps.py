from django.apps import AppConfig


class EstatesConfig(AppConfig):
    name = "gongying.estates"
    default_auto_field = "django.db.models.BigAutoField"
