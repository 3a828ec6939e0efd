"""While the works go on: looks, violations, the team and its badges."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.enums import Use
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.permissions import authorize
from gongying.custody.models import ReleasePass
from gongying.custody.rules import ISSUE_PASSES
from gongying.fitouts.forms import FitOutPassForm, FoundForm, WorkerForm
from gongying.fitouts.models import FitOut, FitOutWorker
from gongying.fitouts.operations import (
    add_worker,
    end_worker,
    inspect_works,
    issue_pass_for,
    link_pass,
    report_violation,
    words_of_last_look,
)
from gongying.fitouts.rules import HANDLE_FILES, INSPECT_WORKS
from gongying.fitouts.views.files import file_url, find_file


@require_POST
def look(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    """On to the check list, on the phone in the flat."""
    fit_out = find_file(request, fit_out_id, INSPECT_WORKS)
    use = Use.ACCEPTANCE if request.POST.get("use") == Use.ACCEPTANCE else Use.FIT_OUT
    return redirect("checklists:run-show", inspect_works(fit_out, by=request.user, use=use).pk)


@require_http_methods(["GET", "HEAD", "POST"])
def violation(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, INSPECT_WORKS)
    files = request.FILES if request.method == "POST" else None
    form = FoundForm(sent_with(request), files, initial={"text": words_of_last_look(fit_out)})
    if form.is_valid():
        case = report_violation(fit_out, by=request.user, **form.cleaned_data)
        tell(request, _("Registered: %(number)s") % {"number": case})
        return done(request, file_url(fit_out))
    title = _("Violation in %(fit_out)s") % {"fit_out": fit_out}
    return show_form(request, form, title=title, submit=_("Enter it"), back=file_url(fit_out))


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    """A release pass for what leaves because of the works."""
    fit_out = find_file(request, fit_out_id)
    authorize(request.user, ISSUE_PASSES)
    files = request.FILES if request.method == "POST" else None
    form = FitOutPassForm(sent_with(request), files, fit_out=fit_out, user=request.user)
    if form.is_valid():
        issued = issue_pass_for(fit_out, by=request.user, **form.arguments())
        tell(request, _("Pass %(number)s, code %(code)s.") % {"number": issued, "code": issued.code})
        return done(request, file_url(fit_out))
    title = pgettext("goods", "New release pass")
    return show_form(request, form, title=title, submit=_("Enter it"), back=file_url(fit_out), note=str(fit_out))


@require_POST
def link(request: SignedInRequest, fit_out_id: int, pass_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, HANDLE_FILES)
    link_pass(fit_out, get_object_or_404(ReleasePass.objects.visible_to(request.user), pk=pass_id), by=request.user)
    return redirect(file_url(fit_out))


@require_http_methods(["GET", "HEAD", "POST"])
def worker(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, HANDLE_FILES)
    form = WorkerForm(sent_with(request))
    if form.is_valid():
        added = add_worker(fit_out, by=request.user, **form.cleaned_data)
        tell(request, _("Badge %(number)s.") % {"number": added})
        return done(request, file_url(fit_out))
    return show_form(request, form, title=_("One more of the team"), submit=_("Add"), back=file_url(fit_out))


@require_POST
def end(request: SignedInRequest, worker_id: int) -> HttpResponse:
    authorize(request.user, HANDLE_FILES)
    rows = FitOutWorker.objects.filter(fit_out__in=FitOut.objects.visible_to(request.user).order_by().values("pk"))
    found = get_object_or_404(rows.select_related("fit_out"), pk=worker_id)
    end_worker(found, by=request.user)
    return redirect(file_url(found.fit_out))
