from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthorityConfig(AppConfig):
    name = "gongying.authority"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.authority import presentation
        from gongying.authority.models import ApprovalRequest, AuthorityGrant
        from gongying.authority.rules import DECIDE_APPROVALS, MANAGE_GRANTS, VIEW_FIGURES, VIEW_GRANTS
        from gongying.common.navigation import Entry, Menu, register
        from gongying.events.subjects import Kind, register_kind

        presentation.register()
        register_kind(
            Kind(
                ApprovalRequest,
                "authority:approval-show",
                stays_in_place=True,
                is_short=True,
                is_linked=False,
                related=("project",),
            )
        )
        register_kind(
            Kind(
                AuthorityGrant,
                "authority:grant-show",
                VIEW_GRANTS,
                is_short=True,
                is_linked=False,
                related=("post", "staff__user"),
            )
        )
        register(
            Entry(
                "authority:approval-index",
                _("Approvals"),
                "gavel",
                (DECIDE_APPROVALS, VIEW_FIGURES),
                order=45,
                under="servicedesk:request-index",
            )
        )
        register(
            Entry(
                "authority:grant-index",
                _("Authority"),
                "rosette",
                (VIEW_GRANTS, MANAGE_GRANTS),
                Menu.SETTINGS,
                order=13,
                help=_("Who may decide alone about goodwill, compensation and the like, and up to which amount"),
            )
        )
