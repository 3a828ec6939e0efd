from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gongying.accounts.models import User
from gongying.checklists.enums import OF_A_PERSON, OF_A_POST, Audience, Situation, Use, Verdict
from gongying.checklists.models import CheckItem, CheckList, CheckRun, Phrase, Tick
from gongying.checklists.models.lists import LONGEST_ITEM, LONGEST_LEVEL, LONGEST_NAME, LONGEST_SOURCE, MOST_ITEMS
from gongying.checklists.models.runs import LONGEST_WORD
from gongying.checklists.operations import Item, Mark
from gongying.common.inputs import NAME_OF_A_THING
from gongying.common.permissions import may
from gongying.estates.models import Project
from gongying.organization.models import Post, StaffMember
from gongying.organization.rules import SEE_ALL_PROJECTS

LONGEST_LIST = MOST_ITEMS * (LONGEST_ITEM + LONGEST_SOURCE + 4)
LONGEST_TEXT = 4_000
BETWEEN, LEVEL = "|", "#"
ITEMS_HELP = _(
    "One a line; what it comes from behind a bar: |. A line with # before it names the level of those below."
)


class ItemsField(forms.CharField):
    """One item a line; what it comes from behind a bar. A line with # before it begins a level."""

    widget = forms.Textarea({"rows": 14})

    def clean(self, value: Any) -> Any:
        typed: str = super().clean(value)
        items, level = [], ""
        for line in filter(None, (line.strip(f" {BETWEEN}") and line.strip() for line in typed.splitlines())):
            if line.startswith(LEVEL):
                level = line.removeprefix(LEVEL).strip()
            else:
                items.append(Item(*_halves(line), level))
        if len(items) > MOST_ITEMS:
            raise ValidationError(_("A check list has at most %(most)d items.") % {"most": MOST_ITEMS})
        for item in items:
            if not item.text:
                raise ValidationError(_("An item has words before the bar."))
            if len(item.level) > LONGEST_LEVEL:
                raise ValidationError(_("This level has too long a name: %(level)s") % {"level": item.level})
            if len(item.text) > LONGEST_ITEM or len(item.source) > LONGEST_SOURCE:
                raise ValidationError(_("This item is too long: %(item)s") % {"item": item.text[:LONGEST_NAME]})
        if len({item.text for item in items}) < len(items):
            raise ValidationError(_("Each item of a check list is written once."))
        return items


def _halves(line: str) -> tuple[str, str]:
    text, _bar, source = line.partition(BETWEEN)
    return text.strip(), source.strip()


def written_items(check_list: CheckList) -> str:
    """The items as they are typed."""
    lines, level = [], ""
    for item in CheckItem.objects.of(check_list):
        if item.level != level:
            lines.append(f"{LEVEL} {item.level}")
            level = item.level
        lines.append(f"{item.text} {BETWEEN} {item.source}" if item.source else item.text)
    return "\n".join(lines)


class ListForm(forms.Form):
    """The next version of a check list."""

    name = forms.CharField(label=NAME_OF_A_THING, max_length=LONGEST_NAME)
    source = forms.CharField(
        label=_("source"), max_length=LONGEST_SOURCE, help_text=_("The rule or the document that it comes from")
    )
    due_by = forms.TimeField(
        label=_("every day before"), required=False, widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    items = ItemsField(label=_("items"), max_length=LONGEST_LIST, help_text=ITEMS_HELP)

    def __init__(self, data: Any = None, *, check_list: CheckList) -> None:
        first = {"name": check_list.name, "source": check_list.source, "due_by": check_list.due_by}
        super().__init__(data, initial={**first, "items": written_items(check_list)})
        if check_list.due_by is None:
            del self.fields["due_by"]


class NewListForm(forms.Form):
    """A further list, of the company or of a project."""

    use = forms.ChoiceField(label=_("used for"), choices=[pair for pair in Use.choices if pair[0] != Use.OPENING])
    project = forms.ModelChoiceField(Project.objects.none(), label=_("project"), required=False)
    name = forms.CharField(label=NAME_OF_A_THING, max_length=LONGEST_NAME)
    source = forms.CharField(label=_("source"), max_length=LONGEST_SOURCE)
    items = ItemsField(label=_("items"), max_length=LONGEST_LIST, help_text=ITEMS_HELP)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        choose_project(self.fields["project"], user)


class StartForm(forms.Form):
    """Which list, where, and of whom or which post."""

    check_list = forms.ModelChoiceField(CheckList.objects.none(), label=pgettext_lazy("to tick", "check list"))
    person = forms.ModelChoiceField(StaffMember.objects.none(), label=_("colleague"), required=False)
    post = forms.ModelChoiceField(Post.objects.all(), label=_("post"), required=False)

    def __init__(self, data: Any = None, *, lists: Any, people: Any) -> None:
        super().__init__(data)
        fields: Any = self.fields
        fields["check_list"].queryset, fields["person"].queryset = lists, people

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        chosen: CheckList | None = cleaned.get("check_list")
        if chosen is not None and chosen.use in OF_A_PERSON and "person" in cleaned and cleaned["person"] is None:
            self.add_error("person", _("Say whom you look at."))
        if chosen is not None and chosen.use in OF_A_POST and "post" in cleaned and cleaned["post"] is None:
            self.add_error("post", _("Say which post you look at."))
        return cleaned

    def person_user(self) -> User | None:
        chosen: StaffMember | None = self.cleaned_data["person"]
        return chosen.user if chosen else None


class TicksForm(forms.Form):
    """One row for every item: what was found, and a word."""

    def __init__(self, data: Any = None, *, run: CheckRun, ticks: Sequence[Tick]) -> None:
        super().__init__(data)
        self.items = list(CheckItem.objects.of(run.check_list))
        present = {tick.item_id: tick for tick in ticks}
        for item in self.items:
            tick = present.get(item.pk)
            self.fields[f"verdict_{item.pk}"] = forms.ChoiceField(
                label=item.text,
                choices=Verdict.choices,
                required=False,
                initial=tick.verdict if tick else "",
                widget=forms.RadioSelect,
            )
            self.fields[f"word_{item.pk}"] = forms.CharField(
                label=_("in a word"),
                required=False,
                max_length=LONGEST_WORD,
                initial=tick.word if tick else "",
                widget=forms.TextInput({"placeholder": _("in a word")}),
            )

    def rows(self) -> Iterator[tuple[CheckItem, forms.BoundField, forms.BoundField]]:
        for item in self.items:
            yield item, self[f"verdict_{item.pk}"], self[f"word_{item.pk}"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self.items:
            said = cleaned.get(f"word_{item.pk}", "")
            if cleaned.get(f"verdict_{item.pk}") == Verdict.FAILED and not said and f"word_{item.pk}" in cleaned:
                self.add_error(f"word_{item.pk}", _("Say in a word what failed."))
        return cleaned

    def marks(self) -> dict[int, Mark]:
        said = self.cleaned_data
        return {
            item.pk: Mark(said[f"verdict_{item.pk}"], said[f"word_{item.pk}"])
            for item in self.items
            if said[f"verdict_{item.pk}"]
        }


class PhraseForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Phrase
        fields = ["situation", "audience", "say", "avoid", "hint", "source", "project", "is_offered"]
        help_texts = {"avoid": _("Literally: a text that holds it is warned of.")}

    def __init__(self, data: Any = None, *, user: User, instance: Phrase) -> None:
        super().__init__(data, instance=instance)
        choose_project(self.fields["project"], user)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(cleaned.get(name) for name in ("say", "avoid", "hint")):
            self.add_error("say", _("Write what to say, what not to say, or what to mind."))
        return cleaned


class PhraseFilters(forms.Form):
    situation = forms.ChoiceField(required=False, choices=[("", _("everywhere")), *Situation.choices])
    audience = forms.ChoiceField(required=False, choices=[("", _("to everybody")), *Audience.choices])


def choose_project(field: Any, user: User) -> None:
    """Who sees all projects may write for the company."""
    field.queryset = Project.objects.visible_to(user)
    if may(user, SEE_ALL_PROJECTS):
        field.empty_label = _("all projects")
    else:
        field.required = True
