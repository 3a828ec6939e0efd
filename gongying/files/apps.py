from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gongying.files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.files import presentation

        presentation.register()
