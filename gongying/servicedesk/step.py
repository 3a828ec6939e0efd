"""One button of a case: its word, who may press it, what it asks for, what happens."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from gongying.servicedesk.forms.steps import StepForm
from gongying.servicedesk.models import ServiceRequest, WorkOrder

Case = ServiceRequest | WorkOrder


@dataclass(frozen=True)
class Step:
    """One button: its word, who may press it, what it asks for, what happens, and what the page says afterwards."""

    key: str
    label: str | Promise
    permission: str
    act: Callable[..., Any]
    said: str | Promise
    form: type[StepForm] | None = None
    icon: str = "arrow-right"
    # For what is no transition of the machine: whether it is possible now.
    is_possible: Callable[[Any], bool] | None = None
    takes_version: bool = True
    # A worker may take it without network and tell later when he did (`at`).
    takes_moment: bool = False
    # The step that takes it back at once, offered beside what the page says.
    undo: str = ""
    # What it does, on the button itself, where its word alone could be taken for another step's.
    hint: str | Promise = ""
    # Where what it says depends on what came of it: in place of `said`.
    said_of: Callable[[Any], str] | None = None

    @property
    def asks(self) -> bool:
        """Whether it opens a form; a template must not touch the class itself, it would call it."""
        return self.form is not None
