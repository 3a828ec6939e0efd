"""Typed access to environment variables: a wrong value stops the start with its name."""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import conninfo

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def boolean(name: str, *, default: bool) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() in TRUE:
        return True
    if value.lower() in FALSE:
        return False
    message = f"{name} must be true or false, not {value!r}"
    raise ImproperlyConfigured(message)


def integer(name: str, default: int) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        return int(value)
    except ValueError:
        message = f"{name} must be a whole number, not {value!r}"
        raise ImproperlyConfigured(message) from None


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, fallback_file: Path) -> str:
    """A secret from the environment, or one kept in a private file made on first use."""
    if value := os.environ.get(name):
        return value
    if not fallback_file.exists():
        from django.core.management.utils import get_random_secret_key

        fallback_file.parent.mkdir(parents=True, exist_ok=True)
        draft = fallback_file.with_name(f"{fallback_file.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(get_random_secret_key())
        try:
            # Two processes may start at once: the first link wins, both read the winner.
            fallback_file.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return fallback_file.read_text().strip()


def database(url: str, **options: Any) -> dict[str, Any]:
    """Django's DATABASES entry for a libpq URL, with a connection pool."""
    parts = conninfo.conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    settings = {django: str(parts.pop(libpq)) for libpq, django in known.items() if libpq in parts}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, **options},
        **settings,
    }
