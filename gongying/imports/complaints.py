"""What is wrong with a file or one of its cells, in words for the person who keeps it."""

from typing import Any


class Unreadable(Exception):  # noqa: N818 a word of the house, like "Refused"
    """The file or the cell cannot be read; carries a translated sentence."""

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
