from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.messages import tell
from gongying.imports.operations import discard_import
from gongying.imports.runs import find_run


@require_POST
def create(request: SignedInRequest, import_id: int) -> HttpResponse:
    run, _importer = find_run(request.user, import_id)
    discard_import(run, by=request.user)
    tell(request, _("The upload was discarded."))
    return redirect("imports:import-list")
