from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.clock import now_not_before
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.customers.enums import ConsentPurpose, ProfileKind
from gongying.customers.models import Consent, Party, ProfileAttribute
from gongying.events.operations import record_event


@transaction.atomic
def give_consent(
    party: Party,
    *,
    purpose: str,
    by: User,
    text_version: str,
    channel: str,
    is_for_child: bool = False,
    guardian: Party | None = None,
) -> Consent:
    """Record that a customer agreed to a text for a purpose beyond the contract (standards 2.15)."""
    if is_for_child and guardian is None:
        raise Refused(_("For a child under 14 the guardian agrees: say who."))
    if guardian is not None and guardian.pk == party.pk:
        raise Refused(_("Nobody is her own guardian."))
    with refusing({"consent_one_in_force": _("This consent is in force already.")}):
        consent = Consent.objects.create(
            party=party,
            purpose=purpose,
            text_version=text_version,
            channel=channel,
            is_for_child=is_for_child,
            guardian=guardian,
            recorded_by=by,
        )
    record_event("consent.given", by=by, subjects=[party], purpose=purpose, text_version=text_version, channel=channel)
    return consent


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: User) -> Consent:
    """From now on nothing may rest on it: what was stored by it is removed."""
    consent = Consent.objects.select_for_update(of=["self"], no_key=True).select_related("party").get(pk=consent.pk)
    if consent.withdrawn_at is not None:
        raise Refused(_("This consent is withdrawn already."))
    consent.withdrawn_at = now_not_before(consent.given_at)
    consent.save(update_fields=["withdrawn_at"])
    removed = sorted(consent.attributes.values_list("kind", flat=True))
    consent.attributes.all().delete()
    record_event("consent.withdrawn", by=by, subjects=[consent.party], purpose=consent.purpose, removed=removed)
    return consent


@transaction.atomic
def set_attribute(party: Party, *, kind: str, value: str, source: str, by: User) -> ProfileAttribute:
    """Note an optional fact about somebody; only with her consent in force, and with its source (R-050)."""
    if not value.strip() or not source.strip():
        raise Refused(_("Say what is noted, and where it comes from."))
    purpose = purpose_of(kind)
    consent = Consent.objects.in_force().select_for_update(no_key=True).filter(party=party, purpose=purpose).first()
    if consent is None:
        raise Refused(
            _("%(name)s has not agreed to this: %(purpose)s.")
            % {"name": party.name, "purpose": ConsentPurpose(purpose).label}
        )
    attribute, _created = ProfileAttribute.objects.update_or_create(
        party=party, kind=kind, defaults={"value": value.strip(), "source": source.strip(), "consent": consent}
    )
    record_event("customer.profile_noted", by=by, subjects=[party], kind=kind)
    return attribute


@transaction.atomic
def remove_attribute(attribute: ProfileAttribute, *, by: User) -> None:
    record_event("customer.profile_removed", by=by, subjects=[attribute.party], kind=attribute.kind)
    attribute.delete()


def purpose_of(kind: str) -> ConsentPurpose:
    """Which consent a fact rests on."""
    return ConsentPurpose.CARE if kind == ProfileKind.CARE else ConsentPurpose.PROFILE
