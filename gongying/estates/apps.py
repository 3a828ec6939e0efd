from django.apps import AppConfig


class EstatesConfig(AppConfig):
    name = "gongying.estates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.estates.scopes import scope_of
        from gongying.events.subjects import limit_places

        limit_places(lambda user, prefix: scope_of(user).condition(prefix))
