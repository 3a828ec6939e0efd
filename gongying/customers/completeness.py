"""How complete a household's file is (R-048): five things the company should know, each worth a fifth."""

from django.db.models import Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.customers.enums import ContactKind, ProfileKind, RoleKind
from gongying.customers.models import Consent, ContactPoint, Occupancy, PartyRole, ProfileAttribute
from gongying.estates.models import Unit


class Gap(TextChoices):
    """What may be missing."""

    PHONE = "phone", _("phone")
    OWNER = "owner", _("owner")
    AREA = "area", _("area")
    AGE = "age", _("age band")
    CONSENT = "consent", _("consent")


def known(gap: str) -> Q:
    """As a condition over units: this is on file."""
    today = timezone.localdate()
    here = {"party__roles__unit": OuterRef("pk"), "party__roles__during__contains": today}
    if gap == Gap.PHONE:
        return Q(Exists(ContactPoint.objects.filter(kind=ContactKind.PHONE, is_dialable=True, **here)))
    if gap == Gap.OWNER:
        return Q(Exists(PartyRole.objects.on(today).filter(role=RoleKind.OWNER, unit=OuterRef("pk"))))
    if gap == Gap.AGE:
        return Q(Exists(ProfileAttribute.objects.filter(kind=ProfileKind.AGE_BAND, **here)))
    if gap == Gap.CONSENT:
        return Q(Exists(Consent.objects.in_force().filter(**here)))
    return Q(gross_area_m2__isnull=False)


def lacking(units: QuerySet[Unit], gap: str) -> QuerySet[Unit]:
    """Households, not empty units, whose file lacks it."""
    lived_in = Exists(Occupancy.objects.current().filter(unit=OuterRef("pk")))
    return units.filter(lived_in).exclude(known(gap))


def score(gaps: list[Gap]) -> int:
    """In percent."""
    return 100 * (len(Gap) - len(gaps)) // len(Gap)
