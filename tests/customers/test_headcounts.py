from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gongying.common.errors import Refused
from gongying.customers.models import HeadcountRecord
from gongying.customers.operations import change_headcount

FIRST = date(2026, 1, 1)


def change(cast, heads, on):
    return change_headcount(cast.zhou, project=cast.sunshine, heads=heads, on=on, by=cast.receptionist)


def heads_on(cast, day):
    record = HeadcountRecord.objects.filter(party=cast.zhou, project=cast.sunshine).on(day).first()
    return record.heads if record else None


@pytest.mark.requirement("R-036")
def test_june_keeps_its_headcount_when_july_changes(cast):
    change(cast, 120, FIRST)
    change(cast, 150, date(2026, 7, 1))

    assert [heads_on(cast, day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [120, 150]


def test_a_negative_or_unchanged_headcount_is_refused(cast):
    change(cast, 120, FIRST)
    with pytest.raises(Refused, match="not negative"):
        change(cast, -1, FIRST)
    with pytest.raises(Refused, match="already"):
        change(cast, 120, FIRST + timedelta(5))


@pytest.mark.django_db
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 5)), max_size=8))
def test_every_day_has_the_heads_that_were_last_said_for_it(cast, changes):
    HeadcountRecord.objects.all().delete()
    # The oracle: said[day] holds from that day to the next day about which something was said.
    said: dict[int, int] = {}
    for day, heads in changes:
        earlier = [known for known in said if known <= day]
        if earlier and said[max(earlier)] == heads:
            with pytest.raises(Refused):
                change(cast, heads, FIRST + timedelta(day))
            continue
        change(cast, heads, FIRST + timedelta(day))
        said[day] = heads

    for day in range(11):
        earlier = [known for known in said if known <= day]
        expected = said[max(earlier)] if earlier else None
        assert heads_on(cast, FIRST + timedelta(day)) == expected
