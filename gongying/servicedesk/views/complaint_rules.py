from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.servicedesk.forms.complaints import ComplaintRulesForm
from gongying.servicedesk.models import ComplaintRules
from gongying.servicedesk.operations.complaint_patterns import save_complaint_rules

MANAGE = "servicedesk.manage_categories"


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest) -> HttpResponse:
    """From how many complaints on a cause is a pattern, and a matter one of a group."""
    authorize(request.user, MANAGE)
    form = _form_of(sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=_form_of):
            save_complaint_rules(form.instance, by=request.user, seen=take_version(form))
            tell(request, _("Saved."))
            return redirect("servicedesk:complaint-rules")
    return show_form(
        request, form, title=_("Rules of complaints"), submit=_("Save"), back=reverse("workbench:settings-index")
    )


def _form_of(data: Any = None) -> ComplaintRulesForm:
    rules = ComplaintRules.present()
    return carrying_version(ComplaintRulesForm(data, instance=rules), rules)
