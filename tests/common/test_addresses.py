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


@pytest.mark.parametrize("word", ["claim", "100%d", "你好", "a b"])
def test_a_word_stands_as_it_is(word: str) -> None:
    address = reverse("servicedesk:door-rating", args=[word])
    assert address_of("servicedesk:door-rating", word) == address
    assert (
        rendered('{% autoescape off %}{% url "servicedesk:door-rating" word %}{% endautoescape %}', word=word)
        == address
    )
    step = reverse("servicedesk:work-order-step", args=[7, "claim"])
    assert address_of("servicedesk:work-order-step", 7, "claim") == step


def test_an_address_hangs_on_where_the_product_is_mounted() -> None:
    address_of("customers:party-show", 1)
    try:
        set_script_prefix("/100%25/")
        assert address_of("customers:party-show", 1) == reverse("customers:party-show", args=[1])
    finally:
        set_script_prefix("/")


def test_what_is_neither_goes_the_usual_way() -> None:
    assert rendered('{% url "events:timeline-index" kind 7 %}', kind="unit").endswith("/unit/7/")
    assert rendered('{% url "customers:party-show" pk as found %}[{{ found }}]', pk=-1) == "[]"
    assert rendered('{% url "customers:nowhere" 1 as found %}[{{ found }}]') == "[]"
    with pytest.raises(NoReverseMatch):
        rendered('{% url "customers:party-show" pk %}', pk="")
