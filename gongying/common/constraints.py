"""Say in words what a database constraint refused: the check in Python is for the sentence, the constraint is for the race."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from django.db import IntegrityError, OperationalError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gongying.common.errors import Refused, refusal_in

logger = logging.getLogger(__name__)

# What is unique, and what excludes other rows.
TAKEN: Final = ("23505", "23P01")


def taken_in(error: BaseException) -> Refused | None:
    """Where nobody has put it in words: two entered the same at the same moment, after both had been told that it is free."""
    if not isinstance(error, IntegrityError) or getattr(error.__cause__, "sqlstate", "") not in TAKEN:
        return None
    logger.warning("Refused by the database: %s", error)
    return Refused(_("This contradicts what is already recorded."))


@contextmanager
def refusing(sentences: Mapping[str, str | Promise]) -> Iterator[None]:
    """Turn a violation of one of the named constraints into `Refused` with its sentence; others go on.

    Two rows that exclude each other, written at the same moment, may end as a deadlock: then it is `Collided`.
    """
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = str(getattr(getattr(error.__cause__, "diag", None), "constraint_name", ""))
        if name not in sentences:
            raise
        raise Refused(sentences[name]) from error
    except OperationalError as error:
        if (collision := refusal_in(error)) is None:
            raise
        raise collision from error
