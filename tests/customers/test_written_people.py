import pytest

from gongying.customers.written_people import (
    WrittenPerson,
    is_agency_name,
    is_company_name,
    is_nobody,
    pair_people,
    read_people,
    read_phones,
)

ZHANG = WrittenPerson("张三", "", ("13800138000",))
LI = WrittenPerson("李四", "", ("13900139000",))


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("张三", [WrittenPerson("张三")]),
        ("张 三", [WrittenPerson("张三")]),
        ("欧阳 小明", [WrittenPerson("欧阳小明")]),
        ("张三、李四", [WrittenPerson("张三"), WrittenPerson("李四")]),
        ("张三/李四;王五", [WrittenPerson("张三"), WrittenPerson("李四"), WrittenPerson("王五")]),
        ("张三 李四", [WrittenPerson("张三"), WrittenPerson("李四")]),
        ("张三(夫)13800138000", [WrittenPerson("张三", "夫", ("13800138000",))]),
        (
            "张三（夫）13800138000、李四（妻）13900139000",
            [WrittenPerson("张三", "夫", ("13800138000",)), WrittenPerson("李四", "妻", ("13900139000",))],
        ),
        ("张三\n13800138000\n李四\n13900139000", [ZHANG, LI]),
        ("13800138000(张三)", [ZHANG]),
        ("张三(13800138000)", [ZHANG]),
        (
            "夫：张三 13800138000 妻：李四 13900139000",
            [WrittenPerson("张三", "夫", ("13800138000",)), WrittenPerson("李四", "妻", ("13900139000",))],
        ),
        ("张三，电话：138-0013-8000", [WrittenPerson("张三", "", ("138-0013-8000",))]),
        ("业主：张三", [WrittenPerson("张三", "业主")]),
        ("John Smith", [WrittenPerson("John Smith")]),
        ("上海共赢（集团）有限公司", [WrittenPerson("上海共赢(集团)有限公司")]),
        ("无", []),
        ("", []),
    ],
)
def test_cell_of_people_is_taken_apart(text: str, people: list[WrittenPerson]) -> None:
    assert list(read_people(text)) == people


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("13800138000 13900139000", ("13800138000", "13900139000")),
        ("1380013800013900139000", ("13800138000", "13900139000")),
        ("13800138000/0571-88886666转801", ("13800138000", "0571-88886666转801")),
        ("138 0013 8000", ("138 0013 8000",)),
        ("138****1234", ("138****1234",)),
        ("１３８００１３８０００", ("13800138000",)),
        ("(0571)88886666", ("(0571)88886666",)),
    ],
)
def test_cell_of_numbers_is_taken_apart(text: str, phones: tuple[str, ...]) -> None:
    assert read_phones(text) == phones


def test_names_and_numbers_of_equal_count_are_paired() -> None:
    assert pair_people("张三、李四", "13800138000、13900139000") == (ZHANG, LI)


def test_numbers_of_another_count_go_to_the_first_name() -> None:
    assert pair_people("张三", "13800138000 13900139000") == (
        WrittenPerson("张三", "", ("13800138000", "13900139000")),
    )
    assert pair_people("张三、李四", "13800138000") == (ZHANG, WrittenPerson("李四"))


def test_number_with_a_name_goes_to_that_name() -> None:
    assert pair_people("张三、李四", "李四13900139000 张三13800138000") == (ZHANG, LI)


def test_companies_and_agencies_are_told_from_people() -> None:
    assert is_company_name("杭州共赢物业有限公司")
    assert is_agency_name("和平街道办事处")
    assert not is_company_name("周先生")
    assert not is_agency_name("李局")


def test_words_for_nobody() -> None:
    assert [is_nobody(text) for text in ("无", " — ", "空置", "周先生", "N/A")] == [True, True, True, False, True]


def test_relations_have_a_kind() -> None:
    assert [WrittenPerson("张三", word).relation_kind for word in ("夫", "太太", "租客", "远亲")] == [
        "husband",
        "wife",
        "tenant",
        "",
    ]
