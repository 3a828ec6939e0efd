from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.customers.masking import masked_phone
from gongying.imports.listings import Listing, ListingColumn, register_listing
from gongying.interactions.forms import InteractionFilterForm
from gongying.interactions.models import Interaction


def _rows(user: User, filters: QueryDict) -> QuerySet[Interaction]:
    rows: QuerySet[Interaction] = InteractionFilterForm(filters, user=user).rows_with_words()
    return rows.select_related("project", "unit", "party", "entered_by", "reason_code").order_by("-occurred_at", "-id")


def register() -> None:
    register_listing(
        Listing(
            key="interactions",
            label=_("Contacts"),
            permission="interactions.view_interactions",
            rows=_rows,
            columns=[
                ListingColumn(_("Happened"), lambda row: timezone.localtime(row.occurred_at)),
                ListingColumn(_("Entered"), lambda row: timezone.localtime(row.entered_at)),
                ListingColumn(_("Channel"), "get_channel_display"),
                ListingColumn(_("Project"), "project.name"),
                ListingColumn(_("Unit"), "unit.code"),
                ListingColumn(_("Who spoke"), "person_name"),
                ListingColumn(_("Phone"), lambda row: masked_phone(row.person_phone)),
                ListingColumn(_("kind of counterpart"), "get_counterpart_display"),
                ListingColumn(_("reason for the contact"), lambda row: str(row.reason_code or "")),
                ListingColumn(_("journey stage"), "get_journey_stage_display"),
                ListingColumn(_("form"), "get_form_display"),
                ListingColumn(_("Topic"), "topic"),
                ListingColumn(_("Matter"), "text"),
                ListingColumn(_("How answered"), "get_answer_display"),
                ListingColumn(_("Result"), "result"),
                ListingColumn(_("Entered by"), lambda row: str(row.entered_by)),
                ListingColumn(_("Repeat of"), "repeat_of_id"),
                ListingColumn(_("Number elsewhere"), "external_no"),
            ],
        )
    )
