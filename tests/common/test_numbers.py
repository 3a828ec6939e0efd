from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from gongying.common.models import NumberSequence


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once_get_twenty_different_numbers():
    def take(_):
        try:
            return NumberSequence.take("YG-BX26")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(take, range(20)))

    assert sorted(numbers) == [f"YG-BX26-{n:06d}" for n in range(1, 21)]
