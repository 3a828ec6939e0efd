"""Chinese text for people who type it in a hurry: width, bigrams, pinyin."""

import re
import unicodedata

from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Cast
from pypinyin import Style, lazy_pinyin

# Marks that change nothing for a reader but break equality: zero-width and direction marks.
INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
# Written out, so that Python and the database mean the same by white space.
SPACES = re.compile("[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


def normalise(text: str) -> str:
    """One form for comparing and searching: NFKC (full-width digits become plain), lower case, single spaces."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", text))
    return SPACES.sub(" ", text).strip().lower()


def pinyin(name: str) -> str:
    """`zhoujianhua` for a Chinese name; Latin letters and digits stay."""
    return "".join(lazy_pinyin(normalise(name))).replace(" ", "")


def initials(name: str) -> str:
    """`zjh` for a Chinese name of three characters."""
    return "".join(lazy_pinyin(normalise(name), style=Style.FIRST_LETTER)).replace(" ", "")


def bigrams(words: str) -> list[str]:
    """All pairs of neighbouring characters, as `gongying_bigrams` in the database makes them."""
    text = SPACES.sub("", normalise(words))
    return sorted({text[i : i + 2] for i in range(len(text) - 1)})


class BigramVector(models.Func):
    """The bigram `tsvector` of a text column, made by the database itself, so that no writer can forget it."""

    function = "gongying_bigrams"
    output_field = SearchVectorField()
    arity = 1


def bigram_field(*columns: str) -> models.GeneratedField:
    """A stored search column over text columns of the same row."""
    parts: list[models.expressions.Combinable] = []
    for column in columns:
        parts += [models.functions.Coalesce(models.F(column), models.Value("")), models.Value("\n")]
    joined = Cast(parts[0], models.TextField()) if len(columns) == 1 else _concat(parts)
    return models.GeneratedField(expression=BigramVector(joined), output_field=SearchVectorField(), db_persist=True)


def _concat(parts: list[models.expressions.Combinable]) -> models.expressions.Combinable:
    # `||` instead of CONCAT: only immutable functions may stand in a generated column.
    joined = parts[0]
    for part in parts[1:]:
        joined = models.expressions.CombinedExpression(joined, "||", part, output_field=models.TextField())
    return joined
