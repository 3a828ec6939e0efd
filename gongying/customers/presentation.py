"""How changes of files, households and vehicles read on a timeline. Values of sensitive fields are never in the journal."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.common.templatetags.formats import yuan
from gongying.customers.enums import AbuseKind, ConsentPurpose, ContactPurpose, ProfileKind, RoleKind, WarningKind
from gongying.events.presentation import Details, Filter, Reading, Words, register_filters, register_readings

FILES = "customers.view_files"


def _word(choices: type[TextChoices], value: Any) -> Words:
    return choices(value).label if value in choices.values else str(value or "")


def _said(name: str, choices: type[TextChoices] | None = None) -> Callable[[Details], Words]:
    return lambda details: _word(choices, details.get(name)) if choices else str(details.get(name) or "")


def _day_of_leaving(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("on"):
        yield _("day of moving out"), str(details["on"])


def _day(details: Details) -> Iterable[tuple[Words, Words]]:
    day = details.get("on") or details.get("since")
    if day:
        yield _("from the day"), str(day)


def _heads(details: Details) -> Words:
    return f"{details.get('before') or '—'} → {details.get('heads')}"


def _owed(details: Details) -> Words:
    before, amount = (yuan(Decimal(str(details.get(name) or 0))) for name in ("before", "amount"))
    return f"{before} → {amount}"


def _owed_facts(details: Details) -> Iterable[tuple[Words, Words]]:
    if details.get("months"):
        yield _("months in arrears"), str(details["months"])
    yield _("as of"), str(details.get("as_of") or "")


def register() -> None:
    register_filters(
        Filter("households", _("moves"), ("household.*", "unit.owner_changed", "vehicle.*"), order=60),
        Filter("fees", pgettext_lazy("of a timeline", "fees"), ("balance.*",), order=50),
        Filter("files", _("files"), ("customer.*", "consent.*", "headcount.*"), order=70),
    )
    register_readings(
        {
            "household.moved_in": Reading(_("Moved in"), "login", _said("head"), _day, permission=FILES),
            "household.moved_out": Reading(_("Moved out"), "logout", _said("head"), _day_of_leaving, permission=FILES),
            "household.contact_chosen": Reading(
                _("Contact chosen"), "address-book", _said("purpose", ContactPurpose), permission=FILES
            ),
            "household.contact_cleared": Reading(
                _("Contact choice removed"), "address-book-off", _said("purpose", ContactPurpose), permission=FILES
            ),
            "unit.owner_changed": Reading(_("Owner changed"), "transfer", facts=_day, permission=FILES),
            "balance.changed": Reading(
                _("Balance"), "coin-yuan", _owed, _owed_facts, permission="customers.view_balances"
            ),
            "vehicle.registered": Reading(_("Vehicle registered"), "car", _said("plate"), permission=FILES),
            "vehicle.changed": Reading(_("Vehicle changed"), "car", _said("plate"), permission=FILES),
            "vehicle.ended": Reading(_("Vehicle signed off"), "car-off", _said("plate"), _day, permission=FILES),
            "vehicle.move_asked": Reading(_("Asked to move the vehicle"), "car-turbine", _said("plate")),
            "abuse.recorded": Reading(
                _("A colleague was abused"),
                "heart-handshake",
                _said("kind", AbuseKind),
                tone=lambda _details: "late",
                permission="customers.view_abuse",
            ),
            "abuse.settled": Reading(
                _("Abuse of a colleague settled"), "check", _said("kind", AbuseKind), permission="customers.view_abuse"
            ),
            "customer.created": Reading(_("File opened"), "user-plus", permission=FILES),
            "customer.changed": Reading(_("File changed"), "user-edit", permission=FILES),
            "customer.deleted": Reading(_("File deleted"), "user-x", _said("reason"), permission=FILES),
            "customer.merged": Reading(_("Files merged"), "users-group", _said("name"), permission=FILES),
            "customer.merge_undone": Reading(_("Merge of files undone"), "users", _said("name"), permission=FILES),
            "customer.role_added": Reading(
                _("Role added"), "user-plus", _said("role", RoleKind), _day, permission=FILES
            ),
            "customer.role_ended": Reading(
                _("Role ended"), "user-minus", _said("role", RoleKind), _day, permission=FILES
            ),
            "customer.contact_added": Reading(_("Number or address added"), "phone-plus", permission=FILES),
            "customer.contact_changed": Reading(_("Number or address changed"), "phone", permission=FILES),
            "customer.contact_removed": Reading(_("Number or address removed"), "phone-off", permission=FILES),
            "customer.phone_revealed": Reading(_("Number shown"), "eye", permission=FILES),
            "customer.identity_revealed": Reading(_("Identity number shown"), "eye", _said("reason"), permission=FILES),
            "customer.dialled": Reading(_("Called"), "phone-outgoing", permission=FILES),
            "customer.profile_noted": Reading(
                _("Profile noted"), "id", _said("kind", ProfileKind), permission="customers.view_profile"
            ),
            "customer.profile_removed": Reading(
                _("Profile entry removed"), "id-off", _said("kind", ProfileKind), permission="customers.view_profile"
            ),
            "consent.given": Reading(
                _("Consent given"), "signature", _said("purpose", ConsentPurpose), permission=FILES
            ),
            "consent.withdrawn": Reading(
                _("Consent withdrawn"), "signature-off", _said("purpose", ConsentPurpose), permission=FILES
            ),
            "warning.entered": Reading(
                _("To mind at the door"), "alert-circle", _said("kind", WarningKind), permission=FILES
            ),
            "warning.ended": Reading(
                _("No more to mind at the door"), "circle-off", _said("kind", WarningKind), permission=FILES
            ),
            "headcount.changed": Reading(_("Headcount"), "users", _heads, _day, permission=FILES),
        }
    )
