from collections.abc import Mapping, Sequence

from gongying.accounts.models import User
from gongying.organization.access import staff_of
from gongying.servicedesk.models import SavedView


def keep_view(*, by: User, name: str, query: Mapping[str, Sequence[str]], shared_with: str = "") -> SavedView:
    """Keep the filters of a list under a name, for herself, her `department` or `everybody` (R-192)."""
    staff = staff_of(by)
    return SavedView.objects.create(
        owner=by,
        name=name,
        query=dict(query),
        is_shared=bool(shared_with),
        department=staff.department if staff and shared_with == "department" else None,
    )
