"""Addresses of an app, found by the first word of the path.

Django tries one pattern after the other, and most apps begin theirs at the root: four hundred attempts for the last one.
"""

from collections import defaultdict
from functools import cached_property
from typing import Any

from django.urls import Resolver404, ResolverMatch, URLResolver, include
from django.urls.resolvers import RoutePattern


class AddressesOfApp(URLResolver):
    def resolve(self, path: str) -> ResolverMatch:
        word = str(path).partition("/")[0]
        if word not in self._by_word:
            raise Resolver404({"tried": [], "path": path})
        return self._by_word[word].resolve(path)

    @cached_property
    def _by_word(self) -> dict[str, URLResolver]:
        found: dict[str, list[Any]] = defaultdict(list)
        for entry in self.url_patterns:
            word = str(entry.pattern).partition("/")[0]
            if "<" in word:
                raise ValueError(f"{entry.pattern} of {self.urlconf_name} begins with no word")
            found[word].append(entry)
        return {
            word: URLResolver(self.pattern, entries, self.default_kwargs, self.app_name, self.namespace)
            for word, entries in found.items()
        }


def addresses_of(module: str) -> AddressesOfApp:
    """As `path("", include(module))`."""
    patterns, app_name, namespace = include(module)
    return AddressesOfApp(RoutePattern("", is_endpoint=False), patterns, app_name=app_name, namespace=namespace)
