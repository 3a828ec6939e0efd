"""What a web process reads before it answers: else those who ask it first wait for it."""

from contextlib import suppress
from pathlib import Path

from django.apps import apps
from django.template.loader import get_template
from django.urls import Resolver404, get_resolver, resolve

PAGE_OF_NOBODY = "/no-such-page/"


def load_pages() -> None:
    """All views, their addresses and all templates of ours. It takes two or three seconds."""
    with suppress(Resolver404):
        resolve(PAGE_OF_NOBODY)
    get_resolver().resolve_error_handler(404)
    for config in apps.get_app_configs():
        if config.name.startswith("gongying."):
            _read_templates(Path(config.path) / "templates")


def _read_templates(folder: Path) -> None:
    for path in sorted(folder.rglob("*.html")):
        get_template(path.relative_to(folder).as_posix())
