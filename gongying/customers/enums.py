from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class PartyKind(models.TextChoices):
    PERSON = "person", _("person")
    COMPANY = "company", _("company")
    AGENCY = "agency", _("agency")


class RoleKind(models.TextChoices):
    """What somebody is to a place, for a time. Owners and users come first everywhere (R-076)."""

    OWNER = "owner", _("owner")
    TENANT = "tenant", _("tenant")
    USER = "user", pgettext_lazy("of a customer", "user")
    FAMILY = "family", _("family")
    CONTACT = "contact", _("contact person")
    DEVELOPER = "developer", _("developer")
    CONTRACTOR = "contractor", _("contractor")
    UTILITY = "utility", _("utility company")
    GOVERNMENT = "government", _("government agency")
    RESIDENTS_COMMITTEE = "residents_committee", _("subdistrict office or residents' committee")
    ASSEMBLY = "assembly", _("owners' assembly")
    COMMITTEE = "committee", _("owners' committee")
    INTERNAL = "internal", _("internal customer")
    VISITOR = "visitor", _("visitor")


class ContactKind(models.TextChoices):
    PHONE = "phone", _("phone")
    WECHAT = "wechat", _("WeChat")
    EMAIL = "email", _("e-mail")
    ADDRESS = "address", _("postal address")


class ContactPurpose(models.TextChoices):
    """What somebody is contacted for: a household names the right person for each (R-047)."""

    REPAIR = "repair", _("repairs")
    DUNNING = "dunning", _("fees")
    NOTICE = "notice", _("notices")
    EMERGENCY = "emergency", _("emergencies")


class ConsentPurpose(models.TextChoices):
    """Purposes beyond the contract; service never depends on them (2.15)."""

    PROFILE = "profile", _("profile: age, occupation, education, personality")
    MARKETING = "marketing", _("offers")
    CARE = "care", _("care for elders and people with special needs")
    PHOTO = "photo", _("photos and activities")


class WarningKind(models.TextChoices):
    """What somebody who comes to the door has to mind."""

    DOG = "dog", _("dog in the home")
    KEY = "key", _("key at the desk")
    CALL = "call", _("call before coming")
    KNOCK = "knock", _("knock, do not ring")
    FRAIL = "frail", _("elder: speak slowly, take time")
    OTHER = "other", _("to mind")


class OccupancyKind(models.TextChoices):
    OWNER_OCCUPIED = "owner_occupied", _("owner-occupied")
    LEASED = "leased", _("leased")
    LENT = "lent", _("lent")


class ProfileKind(models.TextChoices):
    AGE_BAND = "age_band", _("age band")
    OCCUPATION = "occupation", _("occupation")
    EDUCATION = "education", _("education")
    PERSONALITY = "personality", _("personality")
    CARE = "care", _("care needed")


class AbuseKind(models.TextChoices):
    """What was done to a colleague (R-029)."""

    INSULT = "insult", pgettext_lazy("abuse", "insult")
    THREAT = "threat", pgettext_lazy("abuse", "threat")
    HARASSMENT = "harassment", pgettext_lazy("abuse", "harassment")
    VIOLENCE = "violence", pgettext_lazy("abuse", "violence")
    OTHER = "other", pgettext_lazy("abuse", "something else")
