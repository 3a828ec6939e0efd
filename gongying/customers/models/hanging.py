"""What hangs on a unit or a customer, asked at once: its page reads what is there, not each of the things that most have none of."""

from dataclasses import dataclass

from django.db import connection

from gongying.customers.models.parties import Party
from gongying.estates.models import Unit

# The columns that name the unit, the spell or the person lead an index of each of these tables.
QUESTIONS = """
    SELECT
        EXISTS (SELECT FROM customers_vehicle WHERE unit_id = %(unit)s),
        EXISTS (
            SELECT FROM customers_occupancy spell JOIN customers_contactpreference ON occupancy_id = spell.id
            WHERE spell.unit_id = %(unit)s
        ),
        EXISTS (
            SELECT FROM customers_partyrole role WHERE unit_id = %(unit)s AND (
                EXISTS (SELECT FROM customers_profileattribute WHERE party_id = role.party_id)
                OR EXISTS (SELECT FROM customers_consent WHERE party_id = role.party_id)
            )
        ),
        EXISTS (SELECT FROM customers_balancesnapshot WHERE unit_id = %(unit)s AND amount <> 0)
"""

QUESTIONS_OF_PARTY = """
    SELECT
        EXISTS (SELECT FROM customers_vehicle WHERE party_id = %(party)s),
        EXISTS (SELECT FROM customers_consent WHERE party_id = %(party)s),
        EXISTS (SELECT FROM customers_profileattribute WHERE party_id = %(party)s),
        EXISTS (SELECT FROM customers_headcountrecord WHERE party_id = %(party)s),
        EXISTS (SELECT FROM customers_partymerge WHERE kept_id = %(party)s)
"""


@dataclass(frozen=True)
class Hanging:
    """Whether there is or was any of it."""

    vehicles: bool
    preferences: bool
    profile: bool
    balances: bool


def hanging_on(unit: Unit) -> Hanging:
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS, {"unit": unit.pk})
        return Hanging(*cursor.fetchone())


@dataclass(frozen=True)
class HangingOnParty:
    """Whether there is or was any of it."""

    vehicles: bool
    consents: bool
    profile: bool
    headcounts: bool
    merges: bool


def hanging_on_party(party: Party) -> HangingOnParty:
    with connection.cursor() as cursor:
        cursor.execute(QUESTIONS_OF_PARTY, {"party": party.pk})
        return HangingOnParty(*cursor.fetchone())
