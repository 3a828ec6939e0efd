from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "gongying.customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.customers import presentation
        from gongying.customers.importers.balances import BalanceImporter
        from gongying.customers.importers.households import UnitImporter
        from gongying.customers.models import Party
        from gongying.estates.models import Unit
        from gongying.events.subjects import Kind, register_kind
        from gongying.imports.importers import register_importer

        presentation.register()
        files = "customers.view_files"
        register_kind(Kind(Unit, "customers:household-show", files, stays_in_place=True))
        register_kind(Kind(Party, "customers:party-show", files))
        register_importer(UnitImporter())
        register_importer(BalanceImporter())
