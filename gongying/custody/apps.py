from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustodyConfig(AppConfig):
    name = "gongying.custody"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.custody import presentation
        from gongying.custody.models import GuestPass, Key, KeyLoan, MailItem, ReleasePass
        from gongying.custody.rules import CHECK_PASSES, ISSUE_PASSES, KEEP_KEYS, KEEP_MAIL, RECEIVE_GUESTS
        from gongying.estates.scopes import seen_projects
        from gongying.events.streams import register_stream
        from gongying.events.subjects import Kind, register_kind

        presentation.register()
        register_kind(Kind(Key, "custody:key-show", KEEP_KEYS, stays_in_place=True, is_short=True, related=("unit",)))
        register_kind(Kind(KeyLoan, is_short=True, is_linked=False, related=("key__unit", "borrower__user")))
        register_kind(
            Kind(
                ReleasePass,
                "custody:pass-show",
                ISSUE_PASSES,
                stays_in_place=True,
                is_short=True,
                label=pgettext_lazy("goods", "release pass"),
            )
        )
        register_kind(
            Kind(MailItem, "custody:mail-show", KEEP_MAIL, stays_in_place=True, is_short=True, related=("unit",))
        )
        register_kind(
            Kind(GuestPass, "custody:guest-show", RECEIVE_GUESTS, stays_in_place=True, is_short=True, label=_("guest"))
        )
        for stream in ("keys", "passes", "mail", "guests"):
            register_stream(stream, seen_projects)
        for rank, (key, label, url_name, permission) in enumerate(
            (
                ("guest", pgettext_lazy("a guest", "New guest"), "custody:guest-create", RECEIVE_GUESTS),
                ("pass", pgettext_lazy("goods", "New release pass"), "custody:pass-create", ISSUE_PASSES),
                ("mail", _("Take mail in"), "custody:mail-create", KEEP_MAIL),
                ("key", _("New key"), "custody:key-create", KEEP_KEYS),
            )
        ):
            register_panel(
                Panel(
                    place="unit-menu",
                    key=key,
                    label=label,
                    url_name=url_name,
                    permissions=(permission,),
                    rank=10 + rank,
                )
            )
        register_panel(Panel(place="unit-head", key="keys", label=_("Keys"), url_name="custody:unit-keys", rank=30))
        register_panel(
            Panel(place="unit-head", key="mail", label=_("Mail room"), url_name="custody:unit-mail", rank=31)
        )
        register(
            Entry(
                "custody:key-index",
                _("Keys"),
                "key",
                (KEEP_KEYS,),
                order=16,
                under="reception:desk-show",
                covers=("key-loans",),
            )
        )
        register(
            Entry(
                "custody:pass-index",
                pgettext_lazy("goods", "Release passes"),
                "package-export",
                (ISSUE_PASSES,),
                order=17,
                under="reception:desk-show",
            )
        )
        register_panel(
            Panel(place="unit-head", key="guests", label=_("Guests"), url_name="custody:unit-guests", rank=32)
        )
        register(
            Entry(
                "custody:guest-index",
                _("Guests"),
                "user-plus",
                (RECEIVE_GUESTS,),
                order=18,
                under="reception:desk-show",
            )
        )
        register(
            Entry(
                "custody:gate-show", _("Gate"), "barrier-block", (CHECK_PASSES,), order=19, under="reception:desk-show"
            )
        )
        register(
            Entry("custody:mail-index", _("Mail room"), "package", (KEEP_MAIL,), order=17, under="reception:desk-show")
        )
