from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gongying.accounts.models import User
from gongying.common.constraints import refusing
from gongying.common.errors import Refused
from gongying.organization.access import staff_of
from gongying.organization.models import Department
from gongying.servicedesk.models import SavedView

NAME_TAKEN = {"saved_view_name_unique": _("You have a view of this name already.")}


@transaction.atomic
def keep_view(*, by: User, name: str, query: Mapping[str, Sequence[str]], shared_with: str = "") -> SavedView:
    """Keep the filters of a list under a name, for herself, her `department` or `everybody` (R-192)."""
    with refusing(NAME_TAKEN):
        return SavedView.objects.create(
            owner=by,
            name=name,
            query=dict(query),
            is_shared=bool(shared_with),
            department=_department_of(by) if shared_with == "department" else None,
        )


@transaction.atomic
def share_view(view: SavedView, *, by: User, shared_with: str) -> SavedView:
    """Show one's own view to one's `department` or to `everybody`; "" takes it back: then only its owner has it."""
    view = SavedView.objects.select_for_update(of=("self",), no_key=True).get(pk=view.pk)
    if shared_with and view.owner_id != by.pk:
        raise Refused(_("Only its owner shares a view."))
    view.is_shared = bool(shared_with)
    view.department = _department_of(by) if shared_with == "department" else None
    view.save(update_fields=["is_shared", "department"])
    return view


def _department_of(user: User) -> Department | None:
    staff = staff_of(user)
    return staff.department if staff else None
