from django.apps import AppConfig


class EstatesConfig(AppConfig):
    name = "gongying.estates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.estates.destinations import import_destinations
        from gongying.estates.repartition import places_of_territory
        from gongying.estates.scopes import scope_of
        from gongying.events.subjects import limit_places
        from gongying.imports.destinations import register_destinations
        from gongying.organization.workload import register_places

        limit_places(lambda user, prefix: scope_of(user).condition(prefix))
        register_destinations(import_destinations)
        register_places(places_of_territory)
