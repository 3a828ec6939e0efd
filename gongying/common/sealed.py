"""Secrets that must be used again, such as the address of a chat group: in the database, its copies and dumps only sealed.

The key is made from `SECRET_KEY`, which does not lie in the database. `SECRET_KEY_FALLBACKS` still open what they sealed.
"""

import base64
from functools import cache
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

SALT: Final = "gongying.common.sealed"


class SealedField(models.TextField):  # type: ignore[type-arg]
    """Text that nobody reads out of the table. Sealed by a key that is gone, it reads as empty and is entered again."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return seal(value) if value else value

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return unseal(value) if value else value


def seal(text: str) -> str:
    return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    try:
        return _keys(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).decrypt(token.encode()).decode()
    except InvalidToken:
        return ""


@cache
def _keys(*secrets: str) -> MultiFernet:
    """The first one seals, any of them opens."""
    digests = (salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest() for secret in secrets)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
