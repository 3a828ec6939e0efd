from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MediationState(models.TextChoices):
    OPEN = "open", pgettext_lazy("of a mediation", "taken up")
    MEDIATING = "mediating", pgettext_lazy("of a mediation", "being talked over")
    AGREED = "agreed", pgettext_lazy("of a mediation", "agreed, to be kept")
    SETTLED = "settled", pgettext_lazy("of a mediation", "settled")
    FAILED = "failed", pgettext_lazy("of a mediation", "no agreement")
    REFERRED = "referred", pgettext_lazy("of a mediation", "passed on outside")
    WITHDRAWN = "withdrawn", pgettext_lazy("of a mediation", "withdrawn")


UNFINISHED = (MediationState.OPEN, MediationState.MEDIATING, MediationState.AGREED)


class Body(models.TextChoices):
    """Who helps where we cannot."""

    RESIDENTS_COMMITTEE = "residents_committee", _("residents' committee")
    PEOPLES_MEDIATION = "peoples_mediation", _("people's mediation committee")
    SUBDISTRICT = "subdistrict", _("subdistrict office")
    JUSTICE_OFFICE = "justice_office", _("justice office")
    POLICE = "police", _("police station")
    HOUSING_AUTHORITY = "housing_authority", _("housing authority")
    COURT = "court", _("court")
    OTHER = "other", _("another body")
