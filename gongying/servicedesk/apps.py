from django.apps import AppConfig


class ServicedeskConfig(AppConfig):
    name = "gongying.servicedesk"
    default_auto_field = "django.db.models.BigAutoField"
