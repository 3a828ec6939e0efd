from django.apps import AppConfig


class EstatesConfig(AppConfig):
    name = "gongying.estates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common import search
        from gongying.estates import presentation, rules  # noqa: F401 the predicates of its permissions
        from gongying.estates.destinations import import_destinations
        from gongying.estates.listings import register_listings
        from gongying.estates.models import Building, CommonFacility, Project
        from gongying.estates.repartition import places_of_territory
        from gongying.estates.scopes import scope_of
        from gongying.estates.search import FacilitySearch
        from gongying.events.subjects import Kind, limit_places, register_kind
        from gongying.imports.destinations import register_destinations
        from gongying.organization.workload import register_places

        presentation.register()
        register_listings()
        search.register(FacilitySearch())
        register_kind(Kind(Project, "estates:project-show", stays_in_place=True))
        register_kind(Kind(Building, "estates:building-show", stays_in_place=True))
        register_kind(Kind(CommonFacility, "estates:facility-show", stays_in_place=True))
        limit_places(lambda user, prefix: scope_of(user).condition(prefix))
        register_destinations(import_destinations)
        register_places(places_of_territory)
