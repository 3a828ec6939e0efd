from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from gongying.accounts.models import User
from gongying.imports.listings import Listing
from gongying.reports.forms import RegisterForm
from gongying.reports.registers.shape import Register


def listing_of(register: Register) -> Listing:
    """A register as a file: the same rows, and the columns for which the paper has no room."""

    def rows(user: User, filters: QueryDict) -> QuerySet[Any]:
        form = RegisterForm(filters, user=user, register=register)
        return form.rows() if form.is_valid() else register.rows(user).none()

    return Listing(
        key=f"register-{register.key}",
        label=register.label,
        permission=register.permission,
        rows=rows,
        columns=register.columns,
    )
