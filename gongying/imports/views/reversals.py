from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.imports.operations import revert_import
from gongying.imports.runs import find_run


@require_POST
def create(request: SignedInRequest, import_id: int) -> HttpResponse:
    run, _importer = find_run(request.user, import_id)
    return redirect(revert_import(run, by=request.user))
