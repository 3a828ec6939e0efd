from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediationConfig(AppConfig):
    name = "gongying.mediation"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gongying.common.navigation import Entry, register
        from gongying.common.panels import Panel, register_panel
        from gongying.events.subjects import Kind, register_kind
        from gongying.mediation import presentation
        from gongying.mediation.machines import MEDIATE
        from gongying.mediation.models import Agreement, MediationCase
        from gongying.mediation.operations import pass_on_case
        from gongying.mediation.rules import VIEW
        from gongying.notifications.digests import Part, register_part
        from gongying.organization.matters import Matters, register_matters

        presentation.register()
        register_kind(Kind(MediationCase, "mediation:case-show", stays_in_place=True, is_short=True))
        register_kind(Kind(Agreement, is_short=True, is_linked=False))
        register_panel(
            Panel(
                place="request",
                key="mediation",
                label=_("Mediation"),
                url_name="mediation:request-panel",
                permissions=(MEDIATE, VIEW),
            )
        )
        register_matters(
            "mediation",
            Matters(
                _("mediation cases"),
                of=lambda person, seen_by: MediationCase.objects.visible_to(seen_by).open().of_mediator(person),
                pass_on=pass_on_case,
                url_name="mediation:case-show",
            ),
        )
        register_part(
            Part(
                "mediation",
                _("Agreements to be asked after"),
                count=lambda user: MediationCase.objects.of_mediator(user).to_check().count(),
                url_name="mediation:case-index",
                query="list=check",
                order=56,
            )
        )
        register(
            Entry(
                "mediation:case-index",
                _("Mediation"),
                "scale",
                (VIEW, MEDIATE),
                order=44,
                under="customers:unit-index",
            )
        )
