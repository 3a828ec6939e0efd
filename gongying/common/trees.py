"""Rows that belong to one another, each to one (`parent`): never in a circle, whoever else moves some of them."""

from django.db import models
from django.utils.functional import Promise

from gongying.common.errors import Refused


def refuse_circle(row: models.Model, parent: models.Model | None, sentence: str | Promise) -> None:
    """Hold the whole tree until the end of the transaction: of two who move one into the other the second is refused."""
    rows = type(row)._default_manager.select_for_update(no_key=True).order_by("pk")
    parents = dict(rows.values_list("pk", "parent_id"))
    above = parent.pk if parent is not None else None
    while above is not None:
        if above == row.pk:
            raise Refused(sentence)
        above = parents.pop(above, None)
