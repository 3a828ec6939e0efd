from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.customers.forms.people import HeadcountForm
from gongying.customers.models import PartyRole
from gongying.customers.operations import change_headcount
from gongying.customers.views.lookups import back_to, party_or_404


@require_http_methods(["GET", "POST"])
def create(request: SignedInRequest, pk: int) -> HttpResponse:
    """From a day on there are so many people (R-036)."""
    party = party_or_404(request, pk)
    authorize(request.user, "customers.move_household", party)
    role = PartyRole.objects.visible_to(request.user).filter(party=party).order_by("-during").first()
    form = HeadcountForm(sent_with(request), user=request.user, initial={"project": role.project_id if role else None})
    if request.method != "POST" or not form.is_valid():
        return show_form(
            request,
            form,
            title=_("Headcount of %(name)s") % {"name": party.name},
            submit=_("Save"),
            back=back_to(request, party),
        )
    change_headcount(party, by=request.user, **form.cleaned_data)
    tell(request, _("Saved."))
    return done(request, back_to(request, party))
