"""What the page from which a form was opened knows."""

from typing import Any

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.estates.models import Unit


def asked_unit(request: SignedInRequest) -> dict[str, Any]:
    here = Unit.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("unit", "")) or 0).first()
    return {"project": here.project_id, "unit_code": here.code} if here else {}
