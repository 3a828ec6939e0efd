from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Operations refuse in the words of the code; pages answer in their own language."""
    with translation.override("en"):
        yield
