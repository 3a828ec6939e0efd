"""How the staff felt in the weeks before, told by most of them."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from gongying.common.clock import clock_at
from gongying.moods.enums import Mood
from gongying.moods.operations import decline_mood, tell_mood
from gongying.workbench.demo.company import Cast

WEEKS = 8
ANSWERS, DECLINES = 0.82, 0.5
# Better from week to week, as the company would like it.
WEIGHTS: Final = {Mood.VERY_GOOD: 2, Mood.GOOD: 5, Mood.SO_SO: 4, Mood.LOW: 2, Mood.VERY_LOW: 1}


def tell_the_moods(cast: Cast, *, chance: Random, now: datetime) -> None:
    for weeks in range(WEEKS, 0, -1):
        happier = (WEEKS - weeks) / 2
        weights = [weight + happier * (mood >= Mood.GOOD) for mood, weight in WEIGHTS.items()]
        with clock_at(now - timedelta(weeks=weeks)):
            for user in cast.staff.values():
                if chance.random() < ANSWERS:
                    tell_mood(chance.choices(list(WEIGHTS), weights)[0], by=user)
                elif chance.random() < DECLINES:
                    decline_mood(by=user)
