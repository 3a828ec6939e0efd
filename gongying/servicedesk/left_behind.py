"""Open requests that stayed with a colleague who does not serve their place any more (R-025)."""

from django.db.models import Q

from gongying.accounts.models import User
from gongying.estates.repartition import places_of_territory
from gongying.estates.scopes import scope_of
from gongying.organization.models import Territory
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.models.request_sets import ServiceRequestQuerySet


def left_behind(territory: Territory, *, user: User) -> ServiceRequestQuerySet:
    """Those in the territory that `user` sees: its people changed, the place came from elsewhere, or somebody left the company."""
    rows = ServiceRequest.objects.visible_to(user).open().filter(places_of_territory(territory))
    behind = Q(pk__in=[])
    for owner in User.objects.filter(pk__in=rows.order_by().values("owner")).select_related("staff"):
        scope = scope_of(owner)
        if not scope.everywhere:
            behind |= Q(owner=owner) & ~scope.condition()
    return rows.filter(behind)
