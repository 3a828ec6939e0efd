"""Which service times hold for a matter: what the page is asked with."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.estates.models import Project
from gongying.servicedesk.enums import RequestKind, Severity, Urgency
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.policy_choice import Matter


class HoldingForm(forms.Form):
    """A project to look at; with a category as well, a matter there."""

    project = forms.ModelChoiceField(
        Project.objects.none(), label=_("project"), required=False, empty_label=_("all projects")
    )
    category = forms.ModelChoiceField(
        ServiceCategory.objects.leaves(), label=_("category"), required=False, empty_label="–"
    )
    kind = forms.ChoiceField(label=_("kind"), choices=RequestKind.choices, required=False)
    urgency = forms.ChoiceField(
        label=_("urgency"), choices=[("", _("as the category says")), *Urgency.choices], required=False
    )
    severity = forms.ChoiceField(label=_("severity"), choices=[("", "–"), *Severity.choices], required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        projects = Project.objects.visible_to(user)
        self.fields["project"].queryset = projects  # type: ignore[attr-defined]

    @property
    def chosen_project(self) -> Project | None:
        found: Project | None = self.cleaned_data.get("project") if self.is_bound and self.is_valid() else None
        return found

    @property
    def matter(self) -> Matter | None:
        if not self.is_bound or not self.is_valid() or self.cleaned_data.get("category") is None:
            return None
        category: ServiceCategory = self.cleaned_data["category"]
        kind = self.cleaned_data["kind"] or RequestKind.REPAIR
        return Matter(
            project_id=self.chosen_project.pk if self.chosen_project else 0,
            kind=kind,
            category=category,
            urgency=self.cleaned_data["urgency"] or category.default_urgency,
            severity=self.cleaned_data["severity"] if kind == RequestKind.COMPLAINT else "",
        )
