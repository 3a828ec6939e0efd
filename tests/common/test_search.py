"""What people type into the one search box, and what it may mean."""

import pytest

from gongying.common.search import Query, Shape

EXAMPLES = {
    "13800001234": {Shape.PHONE},
    "138 0000 1234": {Shape.PHONE},
    "+86 138-0000-1234": {Shape.PHONE},
    "１３８００００１２３４": {Shape.PHONE},
    "1234": {Shape.TAIL, Shape.UNIT_CODE, Shape.REQUEST_NUMBER},
    "21301": {Shape.UNIT_CODE, Shape.REQUEST_NUMBER},
    "2-1-301": {Shape.UNIT_CODE},
    "2栋1单元301": {Shape.UNIT_CODE},
    "2－1－301": {Shape.UNIT_CODE},
    "A座1201": {Shape.UNIT_CODE},
    "zjh": {Shape.PINYIN, Shape.NAME},
    "z'j'h": {Shape.PINYIN},
    "周": {Shape.NAME},
    "电梯": {Shape.WORDS, Shape.NAME},
    "京A12345": {Shape.PLATE},
    "京AD12345": {Shape.PLATE},
    "d12345": {Shape.PLATE_TAIL},
    "YG-BX26-000123": {Shape.REQUEST_NUMBER},
    "bx26000123": {Shape.REQUEST_NUMBER},
}


@pytest.mark.parametrize(("typed", "shapes"), EXAMPLES.items())
def test_query_knows_what_was_typed(typed: str, shapes: set[Shape]) -> None:
    assert shapes <= Query(typed).shapes


@pytest.mark.parametrize(
    ("typed", "shape"),
    [
        ("周", Shape.WORDS),
        ("周", Shape.PINYIN),
        ("1234", Shape.PHONE),
        ("13800001234", Shape.TAIL),
        ("13800001234", Shape.UNIT_CODE),
        ("电梯", Shape.UNIT_CODE),
        ("电梯", Shape.PLATE),
        ("zjh", Shape.PLATE_TAIL),
    ],
)
def test_query_does_not_mistake(typed: str, shape: Shape) -> None:
    assert shape not in Query(typed)


def test_query_takes_places_apart() -> None:
    parts = [Query(typed).code_parts for typed in ("2栋1单元301", "2-1-301", "２－１－３０１", "A座1201")]
    assert parts == [("2", "1", "301"), ("2", "1", "301"), ("2", "1", "301"), ("a", "1201")]


def test_query_of_nothing_is_false() -> None:
    assert not Query("  ")
    assert not Query("-")
    assert Query("a")


def test_query_is_cut_before_it_reaches_the_database() -> None:
    assert len(Query("a" * 10_000).text) == 100
