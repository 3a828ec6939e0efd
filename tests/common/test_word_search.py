import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
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


WAYS = {
    "rare": {"FEW": 2_000},
    "week by week": {"FEW": -1},
    "frequent": {"FEW": -1, "FREQUENT": -1},
    "frequent, but only long ago": {"FEW": -1, "FREQUENT": -1, "NEWEST": 1},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_rows_with_the_word_come_newest_first_page_by_page(cast, monkeypatch, way):
    for name, value in way.items():
        monkeypatch.setattr(word_search, name, value)
    log(cast, "电梯坏了", "楼道灯不亮", "电梯异响", "停水", "电 梯困人")

    assert found("电梯") == ["电 梯困人", "电梯异响", "电梯坏了"]
    page = find_containing(Interaction.objects.all(), "电梯", order=ORDER, size=2).page
    rest = find_containing(Interaction.objects.all(), "电梯", order=ORDER, size=2, cursor=page.next_cursor).page
    assert [row.text for row in page] == ["电 梯困人", "电梯异响"]
    assert [row.text for row in rest] == ["电梯坏了"]
    assert rest.next_cursor is None


@pytest.fixture
def years(cast, monkeypatch):
    """Hits 600 days ago, then none, then one."""
    monkeypatch.setattr(word_search, "FEW", -1)
    moments = [START - timedelta(days=days) for days in (607, 600, 600, 593, 300, 3)]
    texts = ["电梯甲", "电梯乙", "电梯丙", "电梯丁", "停水", "电梯戊"]
    pairs = random.Random(7).sample(list(zip(moments, texts, strict=True)), len(texts))
    for moment, text in pairs:
        touch = [PastTouch(moment, text, "phone")]
        log_past_interactions(touch, by=cast.receptionist, project=cast.sunshine, late_reason="历史")
    return moments, texts


def test_weeks_without_a_hit_are_passed_over(years):
    moments, texts = years

    expected = [text for _moment, text in sorted(zip(moments, texts, strict=True), reverse=True) if "电梯" in text]
    assert sorted(found("电梯")) == sorted(expected)
    assert [text[-1] for text in found("电梯") if text[-1] not in "乙丙"] == ["戊", "丁", "甲"]


def test_pages_go_on_in_the_week_where_the_last_one_ended(years):
    whole, pages, cursor = found("电梯"), [], None
    while True:
        page = find_containing(Interaction.objects.all(), "电梯", order=ORDER, size=1, cursor=cursor)
        pages += [row.text for row in page.page]
        if not (cursor := page.page.next_cursor):
            break
        assert str(page.count) == "1+"

    assert pages == whole


def test_another_order_than_the_newest_first_finds_the_same(years):
    rows = find_containing(Interaction.objects.all(), "电梯", order=("occurred_at", "id")).page

    assert [row.text for row in rows] == list(reversed(found("电梯")))


def test_the_weeks_are_looked_up_in_the_index(years):
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        # What is left is the way it takes among many rows.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        found("电梯")
        (by_week,) = [query["sql"] for query in captured if "generate_series" in query["sql"]]
        cursor.execute(f"EXPLAIN {by_week}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    conditions = [line for line in plan.splitlines() if "Index Cond" in line and "search @@" in line]
    assert plan.count("interaction_words_by_spell") == len(conditions) == 2
    assert "@> ARRAY[(- spell" in conditions[0]
    assert "@> ARRAY[week" in conditions[1]


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
