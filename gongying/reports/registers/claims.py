"""The register of claims for compensation: what was asked for, granted within whose authority, and paid (R-158)."""

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.reports.registers.shape import Filter, Register, Rows, field, in_file
from gongying.servicedesk.enums import ClaimGround
from gongying.servicedesk.models import CompensationClaim


def _claims(user: User) -> Rows:
    rows: Rows = CompensationClaim.objects.visible_to(user).with_decisions().select_related("service_request__party")
    return rows


CLAIMS = Register(
    key="claims",
    label=_("Register of claims for compensation"),
    permission="servicedesk.concede",
    rows=_claims,
    at="raised_at",
    columns=[
        field(pgettext_lazy("a claim", "entered at"), "raised_at", "col-time"),
        field(_("Number"), "service_request.number", "col-number"),
        in_file(field(_("Project"), "project.name")),
        field(_("Place"), "service_request.where", "col-place"),
        field(_("claim for"), "get_ground_display", "col-word"),
        field(_("reason"), "reason"),
        field(_("amount claimed"), "amount", "col-short"),
        field(_("amount granted"), lambda row: row.granted.amount if row.granted else None, "col-short"),
        field(_("within the authority of"), "ground_of_decision", "col-name"),
        field(_("State"), lambda row: str(row.state.label), "col-word"),
        field(_("paid at"), "paid_at", "col-time"),
    ],
    url=lambda row: reverse("servicedesk:claim-show", args=[row.pk]),
    filters=[Filter("ground", _("claim for"), lambda: ClaimGround.choices, lambda value: Q(ground=value))],
)
