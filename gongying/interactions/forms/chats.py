"""A pasted chat: what was pasted, and then line by line whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.accounts.models import User
from gongying.estates.models import Project, Unit
from gongying.files.forms import PhotosField, PhotosInput
from gongying.interactions.chats import MOST_LINES, ChatLine, read_chat
from gongying.interactions.enums import Channel
from gongying.interactions.models import LONGEST_TEXT, LONGEST_VENUE
from gongying.interactions.operations import LATE_WITHOUT_REASON, SpokenLine
from gongying.interactions.recognition import Speaker, known_messages, recognise

CHANNELS: Final = (Channel.OWNERS_GROUP, Channel.WECHAT, Channel.SMS, Channel.EMAIL, Channel.MESSAGE_BOARD)
LONGEST_PASTE: Final = 60_000


@dataclass(frozen=True)
class Row:
    """One line as the page shows it, with its two fields."""

    spoken: SpokenLine
    is_known: bool
    keep: forms.BoundField
    unit: forms.BoundField


class ChatForm(forms.Form):
    """What was pasted, and from where."""

    project = forms.ModelChoiceField(Project.objects.none(), label=gettext_lazy("Project"))
    channel = forms.ChoiceField(
        label=gettext_lazy("Channel"), choices=[(channel.value, channel.label) for channel in CHANNELS]
    )
    group = forms.CharField(label=gettext_lazy("name of the group"), max_length=LONGEST_VENUE, required=False)
    said = forms.CharField(
        label=gettext_lazy("the copied messages"),
        max_length=LONGEST_PASTE,
        widget=forms.Textarea({"rows": 12, "autofocus": True}),
        help_text=gettext_lazy("Choose several messages in the chat, copy them, paste them here."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, user: User, **options: Any) -> None:
        super().__init__(data, files, **options)
        self.user = user
        projects: Any = self.fields["project"]
        projects.queryset = Project.objects.visible_to(user).order_by("code")
        if projects.queryset.count() == 1:
            projects.empty_label = None

    def clean_said(self) -> str:
        said: str = self.cleaned_data["said"]
        lines = read_chat(said, now=timezone.now())
        if not lines:
            raise ValidationError(_("There is no message in it."))
        if len(lines) > MOST_LINES:
            raise ValidationError(_("At most %(most)d messages at a time.") % {"most": MOST_LINES})
        if any(len(line.text) > LONGEST_TEXT for line in lines):
            raise ValidationError(_("A message is longer than %(limit)d characters.") % {"limit": LONGEST_TEXT})
        self.lines: list[ChatLine] = lines
        return said


class ChatLinesForm(ChatForm):
    """The same once more, read: which lines are kept, and whose they are. Screenshots may be pasted beside it."""

    said = forms.CharField(max_length=LONGEST_PASTE, widget=forms.HiddenInput)
    late_reason = forms.CharField(label=gettext_lazy("Why entered so late"), max_length=200, required=False)
    photos = PhotosField(label=gettext_lazy("Screenshots"), widget=PhotosInput(attrs={"data-paste": ""}))

    def __init__(self, data: Any, files: Any = None, *, read: ChatForm, is_sent: bool) -> None:
        """`read`: the valid first form. Until the lines were sent, what was recognised stands in their fields."""
        self.lines = read.lines
        given = read.cleaned_data
        self.place: Project = given["project"]
        self.speakers = recognise(self.lines, self.place, user=read.user)
        self.known = known_messages(self.lines, self.place, channel=given["channel"], group=given["group"].strip())
        super().__init__(data if is_sent else None, files, user=read.user, initial=self._first_values(given))
        for name in ("project", "channel", "group"):
            self.fields[name].widget = forms.HiddenInput()
        for number in range(len(self.lines)):
            self.fields[f"keep_{number}"] = forms.BooleanField(required=False, label=_("Keep"))
            unit = forms.TextInput({"class": "input", "autocomplete": "off"})
            self.fields[f"unit_{number}"] = forms.CharField(required=False, max_length=60, label=_("Unit"), widget=unit)

    def _first_values(self, given: dict[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {**given, "project": given["project"].pk}
        for number, line in enumerate(self.lines):
            speaker = self.speaker_of(line)
            values[f"keep_{number}"] = not self.is_known(line)
            values[f"unit_{number}"] = speaker.unit.code if speaker.unit else ""
        return values

    def speaker_of(self, line: ChatLine) -> Speaker:
        return self.speakers.get(line.name, Speaker(line.name))

    def is_known(self, line: ChatLine) -> bool:
        return (line.said_at, line.name, line.text) in self.known

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                SpokenLine(line, self.speaker_of(line)),
                self.is_known(line),
                self[f"keep_{number}"],
                self[f"unit_{number}"],
            )
            for number, line in enumerate(self.lines)
        ]

    @property
    def needs_reason(self) -> bool:
        return any(timezone.now() - line.said_at > LATE_WITHOUT_REASON for line in self.lines)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kept = [number for number in range(len(self.lines)) if cleaned.get(f"keep_{number}")]
        if not kept and not self.errors:
            raise ValidationError(_("Choose at least one message."))
        oldest = min((self.lines[number].said_at for number in kept), default=timezone.now())
        if timezone.now() - oldest > LATE_WITHOUT_REASON and not cleaned.get("late_reason", "").strip():
            self.add_error("late_reason", _("More than 72 hours ago: say why it is entered so late."))
        self.kept: Sequence[SpokenLine] = [self._spoken(number) for number in kept]
        return cleaned

    def _spoken(self, number: int) -> SpokenLine:
        """Whose it is: as recognised, or the household that somebody typed."""
        line = self.lines[number]
        speaker, typed = self.speaker_of(line), (self.cleaned_data.get(f"unit_{number}") or "").strip()
        if typed == (speaker.unit.code if speaker.unit else ""):
            return SpokenLine(line, speaker)
        if not typed:
            return SpokenLine(line, Speaker(line.name, colleague=speaker.colleague))
        units = Unit.objects.visible_to(self.user).filter(project=self.place, code__iexact=typed)
        unit = units.select_related("project").first()
        if unit is None:
            self.add_error(f"unit_{number}", _("No unit is called so in this project."))
        return SpokenLine(line, Speaker(line.name, unit=unit))
