"""A contact written down in full: with whom, on both sides, from when until when, where."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from gongying.accounts.models import User
from gongying.common.inputs import check_year
from gongying.common.text import normalise
from gongying.customers.enums import RoleKind
from gongying.customers.models import Party, PartyRole
from gongying.estates.models import Project
from gongying.files.forms import PhotosField, PhotosInput
from gongying.interactions.circumstances import Attendee, Circumstances
from gongying.interactions.enums import AnswerKind, Channel, Direction, PlaceKind
from gongying.interactions.models import LONGEST_TEXT, LONGEST_VENUE, ContactReason, Interaction
from gongying.interactions.operations import LATE_WITHOUT_REASON
from gongying.organization.models import StaffMember

BETWEEN_NAMES: Final = re.compile("[,;\n\u3001\uff0c\uff1b]+")
MOST_NAMES = 50
LONGEST_NAME = 100
# A promise has its own form, a request its own number: what is left is said here.
ANSWERS = [(kind.value, kind.label) for kind in (AnswerKind.EXPLAINED, AnswerKind.WITHIN_AUTHORITY, AnswerKind.NONE)]
NOT_SAID: Final[list[tuple[str, Any]]] = [("", gettext_lazy("as usual for the channel"))]


class MinuteField(forms.DateTimeField):
    """A minute that people choose."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=widget, validators=[check_year], **options)


class NamesField(forms.CharField):
    """Several names in one line, as people list them. Cleans to the names."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            max_length=2000,
            required=False,
            help_text=gettext_lazy("Several names with commas between them."),
            **options,
        )

    def clean(self, value: Any) -> list[str]:
        names = [name.strip() for name in BETWEEN_NAMES.split(super().clean(value) or "")]
        found = list(dict.fromkeys(filter(None, names)))
        if len(found) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in found):
            raise ValidationError(
                _("At most %(most)d names of %(long)d characters.") % {"most": MOST_NAMES, "long": LONGEST_NAME}
            )
        return found


class ParticipantsForm(forms.Form):
    """Who took part besides, and why it is said anew."""

    colleagues = forms.ModelMultipleChoiceField(
        StaffMember.objects.none(),
        label=gettext_lazy("colleagues who took part"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = NamesField(label=gettext_lazy("others who took part"))
    reason = forms.CharField(label=gettext_lazy("Why it is corrected"), max_length=200)

    def __init__(self, data: Any = None, *, interaction: Interaction) -> None:
        self.interaction = interaction
        present = list(interaction.participants.select_related("party"))
        staff = offered_colleagues(interaction.project)
        ours = {participant.user_id for participant in present if participant.is_ours}
        initial = {
            "colleagues": [member.pk for member in staff if member.user_id in ours],
            "others": ", ".join(participant.name for participant in present if not participant.is_ours),
        }
        super().__init__(data, initial=initial)
        self.present = {participant.name: participant for participant in present if not participant.is_ours}
        offer(self, "colleagues", staff)

    @property
    def attendees(self) -> list[Attendee]:
        """Who was known before stays known; a new name is looked up among those who have to do with the project."""
        known = [self._attendee(name) for name in self.cleaned_data["others"]]
        return [*_ours(self.cleaned_data["colleagues"]), *known]

    def _attendee(self, name: str) -> Attendee:
        before = self.present.get(name)
        if before is not None:
            return Attendee(name, party=before.party, role=before.role)
        return attendees_named([name], self.interaction.project)[0]


class ContactForm(forms.Form):
    """Everything about one contact; what is left out is derived. For people and organisations of any kind (R-122 to R-133)."""

    project = forms.ModelChoiceField(Project.objects.none(), label=gettext_lazy("Project"))
    counterpart = forms.ChoiceField(
        choices=[("", gettext_lazy("by the file")), *RoleKind.choices],
        required=False,
        label=gettext_lazy("kind of counterpart"),
    )
    party = forms.ModelChoiceField(
        Party.objects.none(), label=gettext_lazy("Customer"), required=False, empty_label=gettext_lazy("somebody else")
    )
    person_name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST_NAME, required=False)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), choices=Channel.choices, initial=Channel.PHONE)
    direction = forms.ChoiceField(
        label=gettext_lazy("Direction"), choices=Direction.choices, initial=Direction.OUTBOUND
    )
    topic = forms.CharField(label=gettext_lazy("Topic"), max_length=200, required=False)
    reason_code = forms.ModelChoiceField(
        ContactReason.objects.in_use(),
        label=gettext_lazy("reason for the contact"),
        required=False,
        empty_label=gettext_lazy("by the words"),
    )
    text = forms.CharField(
        label=gettext_lazy("What is it about?"), max_length=LONGEST_TEXT, widget=forms.Textarea({"rows": 4})
    )
    result = forms.CharField(
        label=gettext_lazy("Result"), max_length=LONGEST_TEXT, required=False, widget=forms.Textarea({"rows": 2})
    )
    answer = forms.ChoiceField(label=gettext_lazy("How answered"), choices=ANSWERS, initial=AnswerKind.EXPLAINED)
    occurred_at = MinuteField(label=pgettext_lazy("of a contact", "Began"))
    ended_at = MinuteField(label=pgettext_lazy("of a contact", "Ended"), required=False)
    late_reason = forms.CharField(label=gettext_lazy("Why entered so late"), max_length=200, required=False)
    place_kind = forms.ChoiceField(
        label=gettext_lazy("where they spoke"), choices=[*NOT_SAID, *PlaceKind.choices], required=False
    )
    venue = forms.CharField(label=gettext_lazy("place by name"), max_length=LONGEST_VENUE, required=False)
    colleagues = forms.ModelMultipleChoiceField(
        StaffMember.objects.none(),
        label=gettext_lazy("colleagues who took part"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    others = NamesField(label=gettext_lazy("others who took part"))
    photos = PhotosField(label=gettext_lazy("Photos"), widget=PhotosInput(attrs={"data-paste": ""}))

    def __init__(self, data: Any = None, files: Any = None, *, project: Project, user: User, **options: Any) -> None:
        now = timezone.localtime().replace(second=0, microsecond=0)
        options["initial"] = {"project": project.pk, "occurred_at": now, **options.get("initial", {})}
        super().__init__(data, files, **options)
        self.place = project
        offer(self, "project", Project.objects.visible_to(user).order_by("code"))
        offer(self, "party", counterparts_of(project, user))
        offer(self, "colleagues", offered_colleagues(project).exclude(user=user))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begun, ended, now = cleaned.get("occurred_at"), cleaned.get("ended_at"), timezone.now()
        if begun and begun > now:
            self.add_error("occurred_at", _("It cannot have happened in the future."))
        elif begun and now - begun > LATE_WITHOUT_REASON and not cleaned.get("late_reason", "").strip():
            self.add_error("late_reason", _("More than 72 hours ago: say why it is entered so late."))
        if begun and ended and ended < begun:
            self.add_error("ended_at", _("It ends before it begins."))
        elif ended and ended > now:
            self.add_error("ended_at", _("It cannot have happened in the future."))
        if cleaned.get("project") not in (None, self.place):
            # Whom one can choose hangs on the project: chosen again among those of the new one.
            cleaned["party"], cleaned["colleagues"] = None, []
        return cleaned

    @property
    def touch(self) -> dict[str, Any]:
        """What `log_interaction` takes."""
        given = self.cleaned_data
        plain = (
            "project",
            "party",
            "person_name",
            "channel",
            "direction",
            "topic",
            "text",
            "result",
            "answer",
            "occurred_at",
            "late_reason",
        )
        return {**{name: given[name] for name in plain}, "circumstances": self._circumstances()}

    def _circumstances(self) -> Circumstances:
        given = self.cleaned_data
        return Circumstances(
            ended_at=given["ended_at"],
            place_kind=given["place_kind"],
            venue=given["venue"],
            reason_code=given["reason_code"],
            counterpart=given["counterpart"],
            participants=(*_ours(given["colleagues"]), *attendees_named(given["others"], given["project"])),
        )


def counterparts_of(project: Project, user: User) -> Any:
    """Who has to do with the project as a whole: the developer, authorities, firms, committees."""
    roles = PartyRole.objects.current().living().filter(project=project, unit=None)
    return Party.objects.visible_to(user).live().filter(pk__in=roles.values("party")).order_by("name", "pk")


def offered_colleagues(project: Project) -> Any:
    return StaffMember.objects.employed().select_related("user").order_by("user__name", "pk")


def attendees_named(names: Sequence[str], project: Project) -> list[Attendee]:
    """A name that one party of the project alone bears is that party."""
    keys = {normalise(name): name for name in names}
    roles: Any = PartyRole.objects.current().living().filter(project=project, party__name_key__in=keys)
    found: dict[str, dict[int, PartyRole]] = {}
    for role in roles.select_related("party").order_by("rank", "pk"):
        found.setdefault(role.party.name_key, {}).setdefault(role.party_id, role)
    return [_of(name, list(found.get(key, {}).values())) for key, name in keys.items()]


def _of(name: str, roles: Sequence[PartyRole]) -> Attendee:
    return Attendee(name, party=roles[0].party, role=roles[0].role) if len(roles) == 1 else Attendee(name)


def _ours(staff: Any) -> list[Attendee]:
    return [Attendee(str(member), user=member.user) for member in staff]


def offer(form: forms.BaseForm, name: str, rows: Any) -> None:
    field: Any = form.fields[name]
    field.queryset = rows
