from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gongying.customers.shares import Spell, largest_sum, percentage

FIRST = date(2026, 1, 1)
DAYS = 12
days = st.integers(0, DAYS).map(lambda number: FIRST + timedelta(number))
bounds = st.none() | days
amounts = st.decimals(0, 1, places=6)


def slow_largest_sum(spells, since, until):
    """Look at every single day, and one before and after all of them for the open ends."""
    every_day = [FIRST + timedelta(number) for number in range(-2, DAYS + 3)]
    looked_at = [day for day in every_day if (since is None or day >= since) and (until is None or day < until)]
    return max(
        sum(
            spell.amount
            for spell in spells
            if (spell.start is None or spell.start <= day) and (spell.end is None or day < spell.end)
        )
        for day in looked_at
    )


@given(st.lists(st.builds(Spell, bounds, bounds, amounts), max_size=6), bounds, bounds)
def test_the_largest_sum_is_that_of_the_worst_day(spells, since, until):
    if since is not None and until is not None and until <= since:
        since, until = until, since + timedelta(1)

    assert largest_sum(spells, since, until) == slow_largest_sum(spells, since, until)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (Decimal(20_000), Decimal(200_000), "10.0"),
        (500, 5000, "10.0"),
        (1, 3, "33.3"),
        (Decimal("0.05"), Decimal(100), "0.1"),
        (Decimal("0.0499"), Decimal(100), "0.0"),
        (2, 3, "66.7"),
    ],
)
def test_a_percentage_is_exact_and_rounded_half_up(part, whole, expected):
    assert percentage(part, whole) == Decimal(expected)


@pytest.mark.parametrize("whole", [0, None, Decimal(0)])
def test_there_is_no_percentage_of_nothing(whole):
    assert percentage(5, whole) is None
