from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.servicedesk.models import ServiceRequest

# An operation on one request, such as `dispatch_work`.
Change = Callable[..., Any]


@transaction.atomic
def change_all(rows: Iterable[ServiceRequest], change: Change, *, by: User, **given: Any) -> None:
    """The same change to several requests: all of them or, where one refuses, none."""
    rows = list(rows)
    # All of them, in one order: two who change some of the same in another one must not wait for each other.
    held = ServiceRequest.objects.select_for_update(no_key=True).filter(pk__in=[row.pk for row in rows])
    list(held.order_by("pk").values("pk"))
    for row in rows:
        try:
            change(row, by=by, **given)
        except Refused as refusal:
            raise Refused(
                _("%(number)s: %(sentence)s Nothing was changed.") % {"number": row, "sentence": refusal}
            ) from refusal
