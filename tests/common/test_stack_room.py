"""A page costs the same however deep it is called."""

import resource

from django.conf import settings
from django.test import RequestFactory

from gongying.common.stack_room import room_for_frames

TURNS, DEPTHS = 300, 400


def leaf():
    return None


def at_depth(depth):
    """As a loop of a template: many calls, one after the other, at one depth. Pages of memory that were touched anew."""
    if depth:
        return at_depth(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _turn in range(TURNS):
        leaf()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_no_depth_takes_and_returns_memory_at_every_call():
    handler = room_for_frames(lambda _request: max(at_depth(depth) for depth in range(DEPTHS)))
    assert handler(RequestFactory().get("/")) < TURNS / 3


def test_it_stands_around_everything_else():
    assert settings.MIDDLEWARE[0] == "gongying.common.stack_room.room_for_frames"
