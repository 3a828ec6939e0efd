"""The permit at the door and the badges of the team; their code opens the file on the phone of whoever looks."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.qr import qr_code
from gongying.fitouts.views.files import file_url, find_file


@require_safe
def permit(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    return _paper(request, fit_out_id, "fitouts/permit_paper.html")


@require_safe
def badges(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    return _paper(request, fit_out_id, "fitouts/badges_paper.html")


def _paper(request: SignedInRequest, fit_out_id: int, template: str) -> HttpResponse:
    fit_out = find_file(request, fit_out_id)
    context = {
        "fit_out": fit_out,
        "workers": fit_out.workers.on_site(),
        "qr": qr_code(request.build_absolute_uri(file_url(fit_out))) if fit_out.is_in_works else None,
        "back": file_url(fit_out),
    }
    return render(request, template, context)
