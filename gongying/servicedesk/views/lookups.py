"""Reach a row as the user may see it, or answer 404."""

from django.http import Http404

from gongying.accounts.models import User
from gongying.common.statements import Statement, statement_of
from gongying.servicedesk.models import ServiceRequest


def request_or_404(user: User, pk: int) -> ServiceRequest:
    """One she may see, as it stands: its page shows half a dozen parts, and each asks for it."""
    rows: Statement[ServiceRequest] = statement_of(
        user, "requests", lambda pk: ServiceRequest.objects.visible_to(user).defer("search").filter(pk=pk), pk=int
    )
    found = rows.first(pk=pk)
    if found is None:
        raise Http404
    return found
