import re
from pathlib import Path

import pytest

import gongying
from gongying.events.presentation import Filter, all_filters, is_registered

# What is written onto the timelines of units, customers, requests and touches.
VERB = re.compile(
    r'"((?:request|complaint|work|customer|household|vehicle|unit|consent|headcount|attachment|interaction|promise)'
    r'\.[a-z_]+)"'
)


def recorded_verbs():
    files = [path for path in Path(gongying.__file__).parent.rglob("*.py") if "operations" in str(path)]
    return sorted({verb for path in files for verb in VERB.findall(path.read_text(encoding="utf-8"))})


@pytest.mark.parametrize("verb", recorded_verbs())
def test_every_verb_that_is_recorded_reads_in_words(verb):
    assert is_registered(verb)


def test_the_chips_stand_in_the_order_of_the_desk():
    assert [chip.key for chip in all_filters()][:6] == [
        "calls",
        "visits",
        "wechat",
        "requests",
        "complaints",
        "notices",
    ]


def test_a_chip_of_families_and_single_verbs_takes_both():
    condition = str(Filter("x", "x", ("request.*", "work.opened")).condition("event__"))
    assert "event__verb__startswith', 'request." in condition
    assert "work.opened" in condition
