from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongying.common.paging import Count
from gongying.common.permissions import authorize


class SampleForm(forms.Form):
    """One of each widget."""

    name = forms.CharField(label=_("name"), help_text=_("As people say it"))
    date = forms.DateField(label=_("date"), widget=forms.DateInput(attrs={"type": "date"}), required=False)
    kind = forms.ChoiceField(label=_("kind"), choices=[("1", _("person")), ("2", _("company"))])
    several = forms.MultipleChoiceField(
        label=_("rights"),
        choices=[("1", _("read")), ("2", _("write"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    note = forms.CharField(label=_("note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    photos = forms.FileField(label=_("photos"), required=False)
    agreed = forms.BooleanField(label=_("agreed"), required=False)


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The living catalogue of the pieces pages are made of (docs/components.md)."""
    if not settings.DEBUG:
        authorize(request.user, "organization.manage_roles")
    wrong = SampleForm({"kind": "9", "date": "31.02."})
    wrong.is_valid()
    now = timezone.now()
    context: dict[str, Any] = {
        "form": SampleForm(auto_id="good_%s"),
        "wrong": wrong,
        "now": now,
        "soon": now + timedelta(minutes=40),
        "late": now - timedelta(minutes=95),
        "exact": Count(12, is_exact=True),
        "bounded": Count(1000, is_exact=False),
        "steps": [
            {"label": _("read"), "status": "done", "note": _("Step %(n)s") % {"n": 1}},
            {"label": _("write"), "status": "here", "note": ""},
            {"label": _("kind"), "status": "", "note": ""},
        ],
        "facts": [(_("name"), "2-1-301"), (_("kind"), _("person")), (_("note"), "")],
    }
    return render(request, "common/styleguide.html", context)
