from django.apps import AppConfig


class CommonConfig(AppConfig):
    name = "gongying.common"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        from gongying.common.moments import read_moments_at_once
        from gongying.common.observation import watch_requests, watch_statements

        read_moments_at_once()
        watch_requests()
        if settings.SLOW_QUERY_SECONDS:
            watch_statements()
