"""The files of fit-outs: the register, one file, a new one."""

from typing import Any

from django.db.models import Q
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.checklists.models import CheckRun
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.machines import Transition
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.templatetags.formats import yuan
from gongying.custody.models import ReleasePass
from gongying.customers.masking import masked_phone
from gongying.estates.asked import asked_list, narrowed, unit_or_404
from gongying.estates.models import Project, Unit
from gongying.events.models import subject_key
from gongying.files.models import Attachment
from gongying.fitouts.forms import ApplicationForm, FitOutForm
from gongying.fitouts.machines import FIT_OUT
from gongying.fitouts.models import FitOut
from gongying.fitouts.operations import apply_for_fit_out, change_application
from gongying.fitouts.operations.files import before_acceptance, only_owner
from gongying.fitouts.rules import HANDLE_FILES, INSPECT_WORKS
from gongying.servicedesk.models import ServiceRequest

LISTS = ("in_works", "applied", "overdue", "ended")
MOST_PASSES = 10


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The newest first."""
    authorize(request.user, INSPECT_WORKS)
    shown = asked_list(request, LISTS)
    visible = narrowed(FitOut.objects.visible_to(request.user), request, _holding)
    rows = getattr(visible, shown)()
    context = {
        "page": paginate(rows.for_list(), order=("-opened_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "waiting": bounded_count(visible.applied()),
        "late": bounded_count(visible.overdue()),
        "projects": list(Project.objects.visible_to(request.user).order_by("code")),
    }
    return render(request, "fitouts/file_list.html", context)


@require_safe
def show(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id)
    looks = CheckRun.objects.visible_to(request.user).filter(about=subject_key(fit_out)).for_list()
    cases = ServiceRequest.objects.visible_to(request.user).filter(found_in_fit_out__fit_out=fit_out)
    passes = ReleasePass.objects.visible_to(request.user).filter(unit=fit_out.unit_id).order_by("-issued_at", "-pk")
    loose = passes.filter(of_fit_out=None, issued_at__gte=fit_out.opened_at, **_until(fit_out))
    steps = _steps(request, fit_out)
    context = {
        "fit_out": fit_out,
        "steps": steps,
        "lacking": before_acceptance(fit_out) if fit_out.is_in_works else "",
        "facts": _facts(fit_out),
        "workers": fit_out.workers.all(),
        "looks": looks,
        "cases": cases.select_related("category").defer("search").order_by("pk"),
        "passes": passes.filter(of_fit_out__fit_out=fit_out),
        "loose_passes": loose[:MOST_PASSES],
        "refused": fit_out.refused_extensions.select_related("by"),
        "papers": Attachment.objects.of(fit_out),
    }
    return render(request, "fitouts/file_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, HANDLE_FILES)
    files = request.FILES if request.method == "POST" else None
    here = Unit.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("unit", "")) or 0).first()
    initial = {"project": here.project_id, "unit_code": here.code, "applicant": only_owner(here)} if here else {}
    form = FitOutForm(sent_with(request), files, user=request.user, initial=initial)
    if form.is_valid():
        fit_out = apply_for_fit_out(by=request.user, **form.arguments())
        tell(request, _("The application has the number %(number)s.") % {"number": fit_out.number})
        return done(request, file_url(fit_out))
    title, back = pgettext("of a unit", "New fit-out"), reverse("fitouts:file-index")
    return show_form(request, form, title=title, submit=_("Enter the application"), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, fit_out_id: int) -> HttpResponse:
    fit_out = find_file(request, fit_out_id, HANDLE_FILES)
    form = _application_of(request, fit_out, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _application_of(request, find_file(request, fit_out_id))):
            seen = take_version(form)
            change_application(fit_out, by=request.user, seen=seen, **form.cleaned_data)
            tell(request, _("Saved."))
            return done(request, file_url(fit_out))
    return show_form(request, form, title=str(fit_out), submit=_("Save"), back=file_url(fit_out))


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A chip in the head of a household: its open fit-out."""
    authorize(request.user, INSPECT_WORKS)
    unit = unit_or_404(request.user, unit_id)
    rows = FitOut.objects.visible_to(request.user).filter(unit=unit, state__in=("applied", "permitted"))
    return render(request, "fitouts/_unit_chip.html", {"fit_out": rows.first()})


def find_file(request: SignedInRequest, fit_out_id: int, permission: str = INSPECT_WORKS) -> FitOut:
    authorize(request.user, permission)
    found: FitOut = get_object_or_404(FitOut.objects.visible_to(request.user).for_page(), pk=fit_out_id)
    return found


def file_url(fit_out: FitOut) -> str:
    return reverse("fitouts:file-show", args=[fit_out.pk])


def _application_of(request: SignedInRequest, fit_out: FitOut, data: Any = None) -> ApplicationForm:
    files = request.FILES if data is not None else None
    return carrying_version(ApplicationForm(data, files, initial=model_to_dict(fit_out)), fit_out)


def _steps(request: SignedInRequest, fit_out: FitOut) -> list[tuple[Transition, str]]:
    """What she may do next; it is accepted when the last look is finished."""
    steps = [step for step in FIT_OUT.possible(fit_out.state) if may(request.user, step.permission)]
    if not fit_out.is_in_works or before_acceptance(fit_out):
        steps = [step for step in steps if step.verb != "accept"]
    return [(step, f"fitouts:file-{step.verb}") for step in steps]


def _until(fit_out: FitOut) -> dict[str, Any]:
    return {"issued_at__lte": fit_out.ended_at} if fit_out.ended_at else {}


def _holding(words: str) -> Q:
    return (
        Q(number__iendswith=words)
        | Q(unit__code__istartswith=words)
        | Q(contractor__icontains=words)
        | Q(applicant__icontains=words)
    )


def _facts(fit_out: FitOut) -> list[tuple[str, Any]]:
    deposit = f"{yuan(fit_out.deposit)} {fit_out.deposit_receipt}" if fit_out.deposit else ""
    return [
        (pgettext("a fit-out", "applied for by"), _called(fit_out.applicant, fit_out.applicant_phone)),
        (_("firm that does it"), fit_out.contractor),
        (_("foreman"), _called(fit_out.foreman, fit_out.foreman_phone)),
        (_("works begin"), fit_out.starts_on),
        (_("works end"), fit_out.ends_on),
        (_("rules acknowledged by"), fit_out.rules_read_by),
        (pgettext("a fit-out", "permitted from"), fit_out.valid_from),
        (pgettext("a fit-out", "permitted until"), fit_out.valid_until),
        (pgettext("a fit-out", "permitted by"), fit_out.permitted_by),
        (_("deposit"), deposit.strip()),
        (_("what became of the deposit"), fit_out.deposit_end),
        (pgettext("a fit-out", "file kept by"), fit_out.opened_by),
        (pgettext("a fit-out", "ended by"), fit_out.ended_by),
        (_("in a few words"), fit_out.reason),
    ]


def _called(name: str, phone: str) -> str:
    return f"{name} {masked_phone(phone) if phone else ''}".strip()
