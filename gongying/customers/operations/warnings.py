from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.enums import ConsentPurpose, WarningKind
from gongying.customers.models import Consent, HouseholdWarning, Occupancy, PartyRole
from gongying.estates.models import Unit
from gongying.events.operations import record_event

USUAL_DAYS, MOST_DAYS = 180, 366


@transaction.atomic
def warn_of(unit: Unit, *, kind: str, by: User, note: str = "", last_day: date | None = None) -> HouseholdWarning:
    """For whoever comes to the door, until `last_day` (default: half a year); afterwards somebody looks again."""
    today = timezone.localdate()
    last_day = last_day or today + timedelta(days=USUAL_DAYS)
    if not today <= last_day <= today + timedelta(days=MOST_DAYS):
        raise Refused(_("A warning holds from today on, for a year at most."))
    if kind == WarningKind.OTHER and not note.strip():
        raise Refused(_("Say in a few words what to mind."))
    with refusing({"warning_once_at_a_time": _("This warning is there already.")}):
        warning = HouseholdWarning.objects.create(
            unit=unit,
            kind=kind,
            note=note.strip(),
            consent=_consent_to_care(unit) if kind == WarningKind.FRAIL else None,
            entered_by=by,
            during=(today, last_day + timedelta(days=1)),
        )
    record_event("warning.entered", by=by, subjects=[unit], until=last_day, kind=_kept(kind))
    return warning


@transaction.atomic
def end_warning(warning: HouseholdWarning, *, by: User) -> HouseholdWarning:
    warning = (
        HouseholdWarning.objects.select_for_update(of=["self"], no_key=True).select_related("unit").get(pk=warning.pk)
    )
    if warning.ended_at is not None:
        raise Refused(_("This warning is taken away already."))
    warning.ended_at = timezone.now()
    warning.save(update_fields=["ended_at"])
    record_event("warning.ended", by=by, subjects=[warning.unit], kind=_kept(warning.kind))
    return warning


def _kept(kind: str) -> str:
    """The journal outlives a consent: it does not say of anybody that she is frail."""
    return "" if kind == WarningKind.FRAIL else kind


def _consent_to_care(unit: Unit) -> Consent:
    """Of somebody who lives there today."""
    living = Occupancy.objects.current().filter(unit=unit)
    there = PartyRole.objects.current().filter(occupancy__in=living).values("party")
    consent = Consent.objects.in_force().filter(purpose=ConsentPurpose.CARE, party__in=there).first()
    if consent is None:
        raise Refused(_("Nobody of this household has agreed to care: note the consent first."))
    return consent
