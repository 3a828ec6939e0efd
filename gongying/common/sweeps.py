"""What is done for each row once, however many workers come by at the same time."""

from collections.abc import Callable
from typing import TypeVar

from django.db import models, transaction
from django.utils import timezone

M = TypeVar("M", bound=models.Model)


def once_for_each(due: Callable[[], models.QuerySet[M]], mark: str, act: Callable[[M], object]) -> int:
    """`act` on each of the `due()` rows, in their order, whose field `mark` is empty, and write there when. Their number.

    A row and all that came of it are one transaction. What another worker holds is his.
    """
    number = 0
    while _for_next(due, mark, act):
        number += 1
    return number


@transaction.atomic
def _for_next(due: Callable[[], models.QuerySet[M]], mark: str, act: Callable[[M], object]) -> bool:
    row = due().filter(**{mark: None}).select_for_update(of=("self",), skip_locked=True, no_key=True).first()
    if row is None:
        return False
    setattr(row, mark, timezone.now())
    row.save(update_fields=[mark])
    act(row)
    return True
