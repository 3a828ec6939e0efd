from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.customers.masking import masked_phone
from gongying.interactions.circumstances import reasons_in_use
from gongying.interactions.enums import AnswerKind, Channel
from gongying.interactions.models import Interaction
from gongying.reports.registers.shape import Filter, Register, Rows, field, in_file


def _rows(user: User) -> Rows:
    return Interaction.objects.visible_to(user).select_related("unit", "project", "party", "entered_by", "reason_code")


TOUCHES = Register(
    key="touches",
    label=_("Register of calls and visits"),
    permission="interactions.view_interactions",
    rows=_rows,
    at="occurred_at",
    is_daily=True,
    columns=[
        field(_("Time"), "occurred_at", "col-time"),
        field(_("Channel"), "get_channel_display", "col-word"),
        in_file(field(_("Project"), "project.name")),
        field(_("Unit"), lambda row: row.unit or row.project, "col-place"),
        field(_("Who spoke"), "person_name", "col-name"),
        field(_("Phone"), lambda row: masked_phone(row.person_phone), "col-phone"),
        field(_("Matter"), "text"),
        field(_("reason for the contact"), lambda row: str(row.reason_code or ""), "col-place"),
        field(_("How answered"), lambda row: " ".join(filter(None, (row.get_answer_display(), row.result)))),
        field(_("Entered by"), lambda row: str(row.entered_by), "col-name"),
    ],
    url=lambda row: reverse("interactions:interaction-show", args=[row.pk]),
    filters=[
        Filter(
            "reason",
            _("reason for the contact"),
            lambda: [(reason.pk, reason) for reason in reasons_in_use()],
            lambda value: Q(reason_code=value),
        ),
        Filter("channel", _("Channel"), lambda: Channel.choices, lambda value: Q(channel=value)),
        Filter("answer", _("How answered"), lambda: AnswerKind.choices, lambda value: Q(answer=value)),
    ],
)
