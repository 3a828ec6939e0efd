from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gongying.servicedesk.enums import FollowUpBy, FollowUpRule, NoticeChannel, RequiredEvidence
from gongying.servicedesk.forms.service_times import VersionForm
from gongying.servicedesk.models import CategoryRules, ServiceCategory
from gongying.servicedesk.models.category_rules import LARGEST_SAMPLE, LONGEST_ITEM, MOST_ITEMS

ASKED = ("evidence", "check_list", "follow_up", "sample_percent", "follow_up_by", "follow_up_channel")


class CategoryRulesForm(VersionForm):
    """A version of the rules of a category."""

    evidence = forms.MultipleChoiceField(
        label=gettext_lazy("required evidence"),
        choices=RequiredEvidence.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("Without it a job is finished only with a reason."),
    )
    check_list = forms.CharField(
        label=gettext_lazy("check list"),
        widget=forms.Textarea({"rows": 5}),
        max_length=MOST_ITEMS * (LONGEST_ITEM + 2),
        required=False,
        help_text=gettext_lazy("One item a line. The doer ticks them beside the seven of every visit."),
    )
    follow_up = forms.ChoiceField(
        label=gettext_lazy("follow-up"),
        choices=[("", gettext_lazy("as the category says")), *FollowUpRule.choices],
        required=False,
        help_text=gettext_lazy("By when: the service time of the follow-up."),
    )
    sample_percent = forms.IntegerField(
        label=gettext_lazy("per cent of them"), min_value=1, max_value=LARGEST_SAMPLE, required=False
    )
    follow_up_by = forms.ChoiceField(
        label=gettext_lazy("who follows up"), choices=FollowUpBy.choices, required=False, initial=FollowUpBy.ANYBODY
    )
    follow_up_channel = forms.ChoiceField(
        label=gettext_lazy("by which channel"),
        choices=[("", gettext_lazy("as it comes")), *NoticeChannel.choices],
        required=False,
    )

    def __init__(self, *args: Any, category: ServiceCategory, **kwargs: Any) -> None:
        self.category = category
        super().__init__(*args, **kwargs)

    @property
    def scope(self) -> dict[str, Any]:
        project = self.last.project if self.last else self.cleaned_data.get("project")
        return {"project": project, "category": self.category}

    def clean_check_list(self) -> list[str]:
        items = [item for line in self.cleaned_data["check_list"].splitlines() if (item := line.strip())]
        if len(items) > MOST_ITEMS:
            raise ValidationError(_("At most %(most)d lines.") % {"most": MOST_ITEMS})
        if too_long := next((item for item in items if len(item) > LONGEST_ITEM), None):
            raise ValidationError(_("“%(name)s…” is too long.") % {"name": too_long[:20]})
        if len(set(items)) < len(items):
            raise ValidationError(_("Each item of a check list is written once."))
        return items

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.last is None and not self.errors:
            last = CategoryRules.objects.of_scope(self.scope).first()
            if last is not None and not last.is_given_up:
                self.add_error("project", _("There are rules for this already: write a new version of them."))
        is_sample = cleaned.get("follow_up") == FollowUpRule.SAMPLE
        if is_sample and cleaned.get("sample_percent") is None and "sample_percent" not in self.errors:
            self.add_error("sample_percent", _("How many per cent of them?"))
        if not is_sample:
            cleaned["sample_percent"] = None
        cleaned["follow_up_by"] = cleaned.get("follow_up_by") or FollowUpBy.ANYBODY
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*ASKED, "valid_from")}


def initial_of(rules: CategoryRules) -> dict[str, Any]:
    given = {name: getattr(rules, name) for name in ASKED}
    return {**given, "check_list": "\n".join(rules.check_list)}
