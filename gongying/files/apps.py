from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "gongying.files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.backups import register_stored_files
        from gongying.files import presentation
        from gongying.files.models import stored_attachments

        presentation.register()
        register_stored_files(stored_attachments)
