import pytest
from django.template import Context, Template
from django.urls import NoReverseMatch, reverse, set_script_prefix

from gongying.common.addresses import address_of


def rendered(text: str, **context: object) -> str:
    return Template(text).render(Context(context))


@pytest.mark.parametrize("numbers", [(1,), (907,), (123456789,)])
def test_numbers_stand_where_they_belong(numbers: tuple[int, ...]) -> None:
    assert address_of("customers:party-show", *numbers) == reverse("customers:party-show", args=numbers)
    assert rendered('{% url "customers:party-show" pk %}', pk=numbers[0]) == reverse(
        "customers:party-show", args=numbers
    )


def test_an_address_hangs_on_where_the_product_is_mounted() -> None:
    address_of("customers:party-show", 1)
    try:
        set_script_prefix("/100%25/")
        assert address_of("customers:party-show", 1) == reverse("customers:party-show", args=[1])
    finally:
        set_script_prefix("/")


def test_what_is_no_number_goes_the_usual_way() -> None:
    assert rendered('{% url "events:timeline-index" kind 7 %}', kind="unit").endswith("/unit/7/")
    assert rendered('{% url "customers:party-show" pk as found %}[{{ found }}]', pk=-1) == "[]"
    assert rendered('{% url "customers:nowhere" 1 as found %}[{{ found }}]') == "[]"
    with pytest.raises(NoReverseMatch):
        rendered('{% url "customers:party-show" pk %}', pk="")
