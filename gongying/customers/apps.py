from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Registers of estates and customers: one place on the rail.
COVERED = (
    "customers",
    "vehicles",
    "occupancies",
    "contacts",
    "roles",
    "timeline",
    "projects",
    "buildings",
    "entrances",
    "floors",
    "units",
    "facilities",
    "parking-spaces",
)


class CustomersConfig(AppConfig):
    name = "gongying.customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common import navigation, search
        from gongying.common.panels import Panel, register_panel
        from gongying.customers import presentation
        from gongying.customers.importers.balances import BalanceImporter
        from gongying.customers.importers.households import UnitImporter
        from gongying.customers.listings import register_listings
        from gongying.customers.models import AbusiveContact, Party
        from gongying.customers.models.abuse import VIEW_ABUSE
        from gongying.customers.search import PeopleSearch, UnitSearch, VehicleSearch
        from gongying.estates.models import Unit
        from gongying.events.subjects import Kind, register_kind
        from gongying.imports.importers import register_importer

        files = "customers.view_files"
        presentation.register()
        register_listings()
        for provider in (UnitSearch(), PeopleSearch(), VehicleSearch()):
            search.register(provider)
        navigation.register(
            navigation.Entry(
                "customers:unit-index",
                _("Customers"),
                "users",
                permissions=(files,),
                order=20,
                covers=COVERED,
            )
        )
        navigation.register(
            navigation.Entry(
                "customers:abuse-index",
                _("Abusive contacts"),
                "heart-handshake",
                permissions=(VIEW_ABUSE,),
                order=49,
                under="customers:unit-index",
            )
        )
        register_kind(Kind(AbusiveContact, "customers:abuse-show", VIEW_ABUSE, stays_in_place=True, is_short=True))
        register_panel(
            Panel(
                place="unit",
                key="warnings",
                label=_("To mind at the door"),
                url_name="customers:warning-index",
                permissions=(files,),
                rank=20,
            )
        )
        register_kind(Kind(Unit, "customers:household-show", files, stays_in_place=True))
        register_kind(Kind(Party, "customers:party-show", files, pasts=Party.pasts))
        register_importer(UnitImporter())
        register_importer(BalanceImporter())
