from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.common.errors import Refused
from gongying.imports.forms import ColumnsForm
from gongying.imports.operations import map_columns
from gongying.imports.runs import find_run
from gongying.imports.views.imports import PAGE, page_of


@require_POST
def update(request: SignedInRequest, import_id: int) -> HttpResponse:
    run, importer = find_run(request.user, import_id)
    if importer is None:
        raise Refused(_("Files of this kind cannot be imported any more."))
    form = ColumnsForm(request.POST, run=run, importer=importer)
    if not form.is_valid():
        return render(request, PAGE, page_of(run, importer, request, form=form), status=422)

    map_columns(run, by=request.user, mapping=form.mapping, options=form.chosen_options)
    return redirect(run)
