"""The address of a page, looked up once: a list of rows asks for hundreds that differ in a number."""

from functools import lru_cache
from typing import Any

from django.urls import get_resolver, get_script_prefix, get_urlconf, reverse

# Stands where a number will stand; no address holds it otherwise.
NUMBER = 907_150_603_211


def address_of(name: str, *parts: int | str) -> str:
    """As `reverse`, for pages that are told apart by numbers and by few words."""
    numbers = tuple(part for part in parts if not isinstance(part, str))
    words = tuple(part if isinstance(part, str) else NUMBER for part in parts)
    return _pattern(get_resolver(get_urlconf()), get_script_prefix(), name, words) % numbers


@lru_cache(maxsize=4096)
def _pattern(_resolver: Any, _prefix: str, name: str, parts: tuple[int | str, ...]) -> str:
    return reverse(name, args=parts).replace("%", "%%").replace(str(NUMBER), "%d")
