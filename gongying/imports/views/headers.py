from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.imports.forms import HeaderForm
from gongying.imports.operations import choose_header_row
from gongying.imports.runs import find_run
from gongying.imports.views.imports import PAGE, page_of


@require_POST
def update(request: SignedInRequest, import_id: int) -> HttpResponse:
    """Another row is the header: the columns below are read anew."""
    run, importer = find_run(request.user, import_id)
    form = HeaderForm(request.POST, run=run)
    if not form.is_valid():
        return render(request, PAGE, page_of(run, importer, request, header_form=form), status=422)

    choose_header_row(run, by=request.user, header_row=form.cleaned_data["header_row"])
    return redirect(run)
