from collections.abc import Iterator
from typing import Any

import pytest

from tests.structure.hostile.world import World, make_world


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Made once for all pages; every attempt is taken back, and at the end everything."""
    with django_db_blocker.unblock(), make_world(tmp_path_factory.mktemp("media")) as world:
        yield world
