"""What the pages of service times, ladders and rules of categories have in common: each change is a further version."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.messages import tell


def last_version(request: SignedInRequest, rows: QuerySet[Any], row_id: int) -> Any:
    """The last version of what `row_id` is a version of, if she may change it."""
    versions: Any = rows
    row = get_object_or_404(versions.changeable_by(request.user), pk=row_id)
    return versions.of_scope(row.scope).first()


def seen_version(request: SignedInRequest) -> int | None:
    """For a button without a form: the version that its page showed."""
    return id_in(request.POST.get("version", ""))


def tell_saved(request: SignedInRequest) -> None:
    tell(request, _("Saved. It counts for requests that are registered from then on."))


def tell_ended(request: SignedInRequest) -> None:
    tell(request, _("Ended. The next wider rule holds for new requests."))
