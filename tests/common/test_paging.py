import pytest
from django.core.exceptions import BadRequest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongying.common.models import NumberSequence
from gongying.common.paging import bounded_count, paginate


class Paging(TestCase):
    @given(
        lasts=st.lists(st.integers(0, 5), max_size=20),
        size=st.integers(1, 6),
        order=st.sampled_from([("last", "series"), ("-last", "series"), ("-last", "-series"), ("last", "-series")]),
    )
    def test_pages_put_together_are_the_whole_list_in_order(self, lasts, size, order) -> None:
        NumberSequence.objects.bulk_create(NumberSequence(series=f"s{i:02d}", last=n) for i, n in enumerate(lasts))
        rows = NumberSequence.objects.all()

        seen, cursor = [], None
        while True:
            page = paginate(rows, order=order, cursor=cursor, size=size)
            seen += page.rows
            assert len(page) <= size
            cursor = page.next_cursor
            if cursor is None:
                break

        assert seen == list(rows.order_by(*order))


@pytest.mark.parametrize("cursor", ["rubbish", "W10", "WyJhIl0", "e30", "W1tdLHt9XQ", "💥", "WyJhIiwiYiJd"])
def test_a_foreign_cursor_is_a_bad_request(db, cursor):
    with pytest.raises(BadRequest):
        paginate(NumberSequence.objects.all(), order=("-last", "series"), cursor=cursor)


def test_a_count_is_exact_or_an_honest_bound(db):
    NumberSequence.objects.bulk_create(NumberSequence(series=str(i), last=i) for i in range(12))
    assert str(bounded_count(NumberSequence.objects.all(), bound=12)) == "12"
    assert str(bounded_count(NumberSequence.objects.all(), bound=11)) == "11+"
