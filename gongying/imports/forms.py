from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.imports.complaints import Unreadable
from gongying.imports.destinations import Destination, destinations
from gongying.imports.importers import Importer, find_importer
from gongying.imports.models import ImportRun
from gongying.imports.reading import Survey, survey_file
from gongying.imports.runs import importers_for
from gongying.imports.workbooks import EXTENSIONS, MAX_BYTES


class ImportForm(forms.Form):
    """A file, what it is, and the project it is for. The file is read here: what is wrong with it is said beside it."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of file"), widget=forms.RadioSelect)
    project = forms.TypedChoiceField(label=gettext_lazy("Project"), coerce=int)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("Excel (.xlsx, .xls) or CSV, as your office keeps it; a calendar as .ics"),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(EXTENSIONS)}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.destinations = {destination.project_id: destination for destination in destinations(user)}
        self.fields["kind"].choices = [(importer.key, importer.label) for importer in importers_for(user)]  # type: ignore[attr-defined]
        self.fields["project"].choices = [(key, place.name) for key, place in self.destinations.items()]  # type: ignore[attr-defined]
        self.survey: Survey | None = None

    @property
    def importer(self) -> Importer:
        importer = find_importer(self.cleaned_data["kind"])
        if importer is None:  # the choices hold registered ones only
            raise LookupError(self.cleaned_data["kind"])
        return importer

    @property
    def destination(self) -> Destination:
        return self.destinations[self.cleaned_data["project"]]

    def clean_file(self) -> "UploadedFile[bytes]":
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        limit = min(MAX_BYTES, settings.UPLOAD_LIMIT_BYTES)
        if (file.size or 0) > limit:
            raise ValidationError(
                _("The file is larger than %(limit)s MB. Split it into several files.") % {"limit": limit // 2**20}
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "file" in cleaned and "kind" in cleaned:
            file = cleaned["file"]
            try:
                self.survey = survey_file(file, name=file.name or "", importer=self.importer)
            except Unreadable as complaint:
                self.add_error("file", str(complaint))
        return cleaned


class HeaderForm(forms.Form):
    """Which row holds the headers, where the guess is wrong."""

    header_row = forms.TypedChoiceField(
        label=gettext_lazy("Headers stand in"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, run: ImportRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = [(number, _("row %(row)s: %(text)s") % {"row": number, "text": text}) for number, text in run.top_rows]
        self.fields["header_row"].choices = [("", _("the row that looks like it")), *rows]  # type: ignore[attr-defined]
        found = run.sheets[0]["header_rows"] if run.sheets else []
        self.fields["header_row"].initial = run.header_row or (found[0] if found else None)


class ColumnsForm(forms.Form):
    """What each column of a file means, and the choices for the whole file."""

    def __init__(self, *args: Any, run: ImportRun, importer: Importer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.run, self.importer = run, importer
        self.labels = [label for label, _cells in run.samples]
        meanings = [("", _("is not imported"))] + [
            (field.name, f"{field.label} *" if field.is_required else str(field.label)) for field in importer.fields
        ]
        for index, label in enumerate(self.labels):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=label,
                choices=meanings,
                required=False,
                initial=run.mapping.get(label, ""),
                widget=forms.Select(attrs={"class": "input"}),
            )
        for option in importer.options:
            self.fields[f"option_{option.name}"] = forms.ChoiceField(
                label=str(option.label), choices=option.choices, initial=run.options.get(option.name, option.default)
            )

    @property
    def columns(self) -> list[dict[str, Any]]:
        """Bound fields of the columns with some cells of each, for the page."""
        return [
            {"label": label, "field": self[f"column_{index}"], "samples": cells}
            for index, (label, cells) in enumerate(self.run.samples)
        ]

    @property
    def options(self) -> list[forms.BoundField]:
        return [self[f"option_{option.name}"] for option in self.importer.options]

    @property
    def mapping(self) -> dict[str, str]:
        chosen = {label: self.cleaned_data[f"column_{index}"] for index, label in enumerate(self.labels)}
        return {label: name for label, name in chosen.items() if name}

    @property
    def chosen_options(self) -> dict[str, str]:
        return {option.name: self.cleaned_data[f"option_{option.name}"] for option in self.importer.options}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[str, str] = {}
        for index, label in enumerate(self.labels):
            name = cleaned.get(f"column_{index}")
            if name and name in taken:
                sentence = _("“%(other)s” has this meaning already.") % {"other": taken[name]}
                self.add_error(f"column_{index}", sentence)
            elif name:
                taken[name] = label
        missing = [str(field.label) for field in self.importer.fields if field.is_required and field.name not in taken]
        if missing:
            self.add_error(None, _("No column is given for: %(fields)s.") % {"fields": ", ".join(missing)})
        return cleaned
