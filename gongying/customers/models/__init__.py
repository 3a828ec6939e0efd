"""People, companies and households; one module per noun."""

from gongying.customers.models.abuse import AbusiveContact
from gongying.customers.models.balances import BalanceSnapshot
from gongying.customers.models.consents import Consent, ProfileAttribute
from gongying.customers.models.contacts import ContactPoint, ContactPreference
from gongying.customers.models.headcounts import HeadcountRecord
from gongying.customers.models.households import Occupancy, PartyRole
from gongying.customers.models.parties import Party, PartyMerge, PartyQuerySet
from gongying.customers.models.vehicles import Vehicle
from gongying.customers.models.warnings import HouseholdWarning

__all__ = [
    "AbusiveContact",
    "BalanceSnapshot",
    "Consent",
    "ContactPoint",
    "ContactPreference",
    "HeadcountRecord",
    "HouseholdWarning",
    "Occupancy",
    "Party",
    "PartyMerge",
    "PartyQuerySet",
    "PartyRole",
    "ProfileAttribute",
    "Vehicle",
]
