"""Who keeps the files of fit-outs, permits works, and looks at them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from gongying.fitouts.machines import HANDLE_FILES, PERMIT_WORKS

INSPECT_WORKS: Final = "fitouts.inspect_works"

__all__ = ["HANDLE_FILES", "INSPECT_WORKS", "PERMISSIONS", "PERMIT_WORKS"]

PERMISSIONS = {
    HANDLE_FILES: _("open files of fit-outs, keep their teams and papers"),
    PERMIT_WORKS: _("permit fit-outs, extend and accept them, note what became of the deposit"),
    INSPECT_WORKS: _("see fit-outs, inspect the works and report violations"),
}
