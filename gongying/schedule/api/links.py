"""What is planned names its customer and its home only to who may open their files."""

from typing import Any

from gongying.common.api import Output


class LinkedOut(Output):
    """Of rows with `seen_links`; without them nothing is named."""

    @staticmethod
    def resolve_customer_id(row: Any) -> int | None:
        return row.customer_id if getattr(row, "sees_customer", False) else None

    @staticmethod
    def resolve_unit_id(row: Any) -> int | None:
        return row.unit_id if getattr(row, "sees_unit", False) else None
