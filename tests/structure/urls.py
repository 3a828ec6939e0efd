"""The URL table as Django has it, and the API's operations as its description has them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from config.api import api


@dataclass(frozen=True)
class Route:
    name: str  # with namespaces; the path itself if nobody named it
    path: str
    callback: object


def routes() -> list[Route]:
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, namespace: str, path: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        here = f"{path}{entry.pattern}"
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, inner, here)
        elif isinstance(entry, URLPattern):
            yield Route(f"{namespace}{entry.name}" if entry.name else here, here, entry.callback)


def own_pages() -> list[Route]:
    """Pages that this product wrote: without allauth's and the API's."""
    return [r for r in routes() if not r.path.startswith(("accounts/", "api/")) or r.name.startswith("accounts:")]


def api_operations() -> list[str]:
    """`GET /units/{unit_id}` for every operation of the API."""
    prefix = "/api/v1"
    return [
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method in methods
    ]
