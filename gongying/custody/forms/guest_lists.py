from datetime import date
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from gongying.common.inputs import DayField
from gongying.custody.enums import Confirmation, GuestPurpose
from gongying.custody.forms.guests import AgreedForm
from gongying.custody.guest_lists import read_guests
from gongying.custody.operations.guests import ExpectedGuest
from gongying.imports.complaints import Unreadable
from gongying.imports.reading import pasted_sheet
from gongying.imports.workbooks import Sheet, read_workbook

LONGEST_PASTE: Final = 60_000
LARGEST_LIST: Final = 2 * 1024 * 1024
MOST_MISTAKES: Final = 20


class GuestListForm(AgreedForm):
    """A company expects many: its list, pasted or as a workbook."""

    day = DayField(
        label=_("day"), initial=timezone.localdate, help_text=_("Of everybody for whom the list names no other day.")
    )
    pasted = forms.CharField(
        label=_("the copied list"),
        max_length=LONGEST_PASTE,
        required=False,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("A line for each: name, plate, day. Plate and day may be left out."),
    )
    file = forms.FileField(
        label=_("or as a file"),
        required=False,
        help_text=_("Excel (.xlsx, .xls) or CSV with the columns name, plate, day"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].initial = GuestPurpose.BUSINESS
        self.fields["confirmation"].initial = Confirmation.MESSAGE

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.guests: list[ExpectedGuest] = []
        if {"pasted", "file", "day"} <= cleaned.keys():
            self._read(cleaned["pasted"], cleaned["file"], cleaned["day"])
        return cleaned

    def _read(self, pasted: str, file: Any, day: date) -> None:
        if bool(pasted.strip()) == bool(file):
            self.add_error("pasted", _("Paste the list or choose a file, one of the two."))
            return
        name = "file" if file else "pasted"
        try:
            found = read_guests(_workbook(file) if file else [pasted_sheet(pasted)], day=day)
        except Unreadable as complaint:
            self.add_error(name, str(complaint))
            return
        self.guests = found.guests
        for mistake in found.mistakes[:MOST_MISTAKES]:
            self.add_error(name, mistake)
        if (more := len(found.mistakes) - MOST_MISTAKES) > 0:
            self.add_error(name, _("and %(n)d more") % {"n": more})

    def arguments(self) -> dict[str, Any]:
        facts = super().arguments()
        house = {name: facts[name] for name in ("unit", "purpose", "confirmed_by", "confirmation")}
        return {**house, "guests": self.guests}


def _workbook(file: Any) -> list[Sheet]:
    if file.size > LARGEST_LIST:
        raise Unreadable(_("The list is too large."))
    return read_workbook(file, name=file.name)
