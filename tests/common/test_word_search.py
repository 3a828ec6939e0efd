from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common import word_search
from gongying.common.word_search import containing, find_containing, is_searchable
from gongying.interactions.models import Interaction
from gongying.interactions.operations import PastTouch, log_past_interactions

ORDER = ("-occurred_at", "-id")
START = timezone.now() - timedelta(days=9)


def log(cast, *texts):
    return log_past_interactions(
        [PastTouch(START + timedelta(minutes=n), text, "phone") for n, text in enumerate(texts)],
        by=cast.receptionist,
        project=cast.sunshine,
        late_reason="历史",
    )


def found(words, **more):
    return [row.text for row in find_containing(Interaction.objects.all(), words, order=ORDER, **more).page]


WAYS = [(2_000, 20_000), (-1, 20_000), (-1, 2)]


@pytest.mark.parametrize(("few", "newest"), WAYS, ids=["rare", "frequent", "frequent, but only long ago"])
def test_rows_with_the_word_come_newest_first_page_by_page(cast, monkeypatch, few, newest):
    monkeypatch.setattr(word_search, "FEW", few)
    monkeypatch.setattr(word_search, "NEWEST", newest)
    log(cast, "电梯坏了", "楼道灯不亮", "电梯异响", "停水", "电 梯困人")

    assert found("电梯") == ["电 梯困人", "电梯异响", "电梯坏了"]
    page = find_containing(Interaction.objects.all(), "电梯", order=ORDER, size=2).page
    rest = find_containing(Interaction.objects.all(), "电梯", order=ORDER, size=2, cursor=page.next_cursor).page
    assert [row.text for row in page] == ["电 梯困人", "电梯异响"]
    assert [row.text for row in rest] == ["电梯坏了"]
    assert rest.next_cursor is None


def test_all_words_must_be_there_and_width_and_case_do_not_matter(cast):
    log(cast, "３号楼 Ａ座电梯坏了", "a座停水")

    assert found("A座 电梯") == ["３号楼 Ａ座电梯坏了"]
    assert found("a座") == ["a座停水", "３号楼 Ａ座电梯坏了"]
    assert [row.text for row in containing(Interaction.objects.all(), "停水")] == ["a座停水"]


@pytest.mark.parametrize("words", ["电", "", "  ", "。"])
def test_less_than_two_characters_find_nothing(cast, words):
    log(cast, "电梯坏了。")

    assert not is_searchable(words)
    assert found(words) == []


@pytest.mark.parametrize("words", ["it's", "a\\b", "'|'", "a&b", "!!", "<->"])
def test_signs_of_the_query_language_are_only_text(cast, words):
    log(cast, f"前{words}后", "别的")

    assert found(words) == [f"前{words}后"]
    assert [row.text for row in containing(Interaction.objects.all(), words)] == [f"前{words}后"]


def test_the_count_is_exact_or_an_honest_bound(cast, monkeypatch):
    log(cast, *["电梯坏了"] * 5)

    def count(**more):
        return str(find_containing(Interaction.objects.all(), "电梯", order=ORDER, **more).count)

    assert count() == count(size=2) == "5"
    monkeypatch.setattr(word_search, "COUNT_BOUND", 4)
    assert count() == "4+"
    monkeypatch.setattr(word_search, "FEW", -1)
    assert count(size=2) == "2+"


def test_only_the_given_rows_are_searched(cast):
    log(cast, "电梯坏了")

    rows = Interaction.objects.visible_to(cast.outsider)
    assert list(find_containing(rows, "电梯", order=ORDER).page) == []
