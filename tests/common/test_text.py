import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from gongying.common.text import bigrams, initials, normalise, pinyin


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("２-１-３０１", "2-1-301"),
        ("  电 梯 \n 坏了 ", "电 梯 坏了"),
        ("ＡＢＣ", "abc"),
        ("周\u200b先\u202e生", "周先生"),
    ],
)
def test_text_is_brought_to_one_form(raw, plain):
    assert normalise(raw) == plain


def test_names_are_found_by_pinyin_and_initials():
    assert (pinyin("周建华"), initials("周建华")) == ("zhoujianhua", "zjh")
    assert pinyin("Mary 王") == "marywang"


def test_bigrams_are_all_neighbouring_pairs():
    assert bigrams("电梯 坏了") == sorted(["电梯", "梯坏", "坏了"])
    assert bigrams("电") == []


# What offices type: ASCII with controls, Latin-1, punctuation and invisible marks, Chinese, full-width forms, emoji.
CHARACTERS = st.one_of(
    *(
        st.characters(min_codepoint=first, max_codepoint=last)
        for first, last in [
            (0x01, 0xFF),
            (0x2000, 0x206F),
            (0x3000, 0x30FF),
            (0x4E00, 0x9FFF),
            (0xFF00, 0xFFEE),
            (0x1F600, 0x1F64F),
        ]
    )
)


class BigramsInTheDatabase(TestCase):
    @given(st.text(CHARACTERS, max_size=60))
    @settings(max_examples=300, deadline=None)
    def test_python_and_the_database_agree(self, text: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tsvector_to_array(gongying_bigrams(%s))", [text])
            (found,) = cursor.fetchone()
        assert sorted(found) == bigrams(text)
