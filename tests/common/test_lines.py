"""Long lists: printed as `{% for %}` prints them."""

import pytest
from django.template import TemplateSyntaxError, engines
from django.utils.safestring import SafeString
from django.utils.translation import override


def template(text):
    return engines["django"].from_string(text)


ROW = """<tr id="{{ row.pk }}">{% if row.late %}<b>{{ row.late }}</b>{% elif row.soon %}{{ row.soon }}{% else %}
{% translate "paused" %}{% endif %}<td>{{ row.words }} {{ unit }}</td>{% if row.soon %}!{% endif %}</tr>"""
ROWS = [
    {"pk": 1234, "words": "<a> & 'b'", "late": "late", "soon": ""},
    {"pk": SafeString("7"), "words": SafeString("<i>x</i>"), "late": None, "soon": "soon"},
    {"pk": 3.5, "words": "张三", "late": "", "soon": 0},
]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_prints_what_a_loop_prints(language):
    values = {"rows": ROWS, "unit": "<m²>"}
    loop = template("{% for row in rows %}" + ROW + "{% endfor %}")
    lines = template("{% lines row in rows %}" + ROW + "{% endlines %}")

    with override(language):
        printed = lines.render(values)
        assert printed == loop.render(values)
    assert "&lt;a&gt; &amp; &#x27;b&#x27; &lt;m²&gt;" in printed
    assert "<i>x</i>" in printed


def test_without_rows_it_prints_nothing():
    assert template("{% lines row in rows %}" + ROW + "{% endlines %}").render({"rows": []}) == ""


def test_a_value_that_no_row_has_is_a_mistake():
    with pytest.raises(KeyError, match="wrods"):
        template("{% lines row in rows %}{{ row.wrods }}{% endlines %}").render({"rows": ROWS})


@pytest.mark.parametrize(
    "text",
    [
        "{% lines row of rows %}{% endlines %}",
        "{% lines row %}{% endlines %}",
        "{% lines row in rows %}{{ row.words|upper }}{% endlines %}",
        "{% lines row in rows %}{{ row.words.first }}{% endlines %}",
        "{% lines row in rows %}{{ row }}{% endlines %}",
        "{% lines row in rows %}{% if row.pk == 1 %}{% endif %}{% endlines %}",
        "{% lines row in rows %}{% if unit %}{% endif %}{% endlines %}",
        "{% lines row in rows %}{% for each in row.words %}{% endfor %}{% endlines %}",
        "{% lines row in rows %}{% include 'components/empty.html' %}{% endlines %}",
    ],
)
def test_what_it_cannot_print_is_refused_when_the_template_is_read(text):
    with pytest.raises(TemplateSyntaxError):
        template(text)
