"""Release passes at the desk: issued, shown, printed, withdrawn."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize, may
from gongying.common.qr import qr_code
from gongying.custody.forms import PassForm, VoidForm
from gongying.custody.models import ReleasePass
from gongying.custody.models.gate_passes import LONGEST_PERSON
from gongying.custody.operations import issue_pass, passes_key, void_pass
from gongying.custody.rules import ISSUE_PASSES
from gongying.customers.models.balances import Arrears, owed_by
from gongying.estates.asked import asked_list, asked_unit, narrowed
from gongying.estates.models import Project, Unit
from gongying.estates.spoken_codes import find_unit
from gongying.files.models import Attachment

VIEW_BALANCES = "customers.view_balances"
LISTS = ("usable", "settled")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The newest first."""
    authorize(request.user, ISSUE_PASSES)
    shown = asked_list(request, LISTS)
    visible = narrowed(ReleasePass.objects.visible_to(request.user), request, _holding)
    rows = visible.usable() if shown == "usable" else visible.settled()
    context = {
        "page": paginate(rows.for_page(), order=("-issued_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "projects": list(Project.objects.visible_to(request.user).order_by("code")),
    }
    return render(request, "custody/pass_list.html", context)


@require_safe
def show(request: SignedInRequest, pass_id: int) -> HttpResponse:
    release = find_pass(request, pass_id)
    context = {
        "release": release,
        "facts": _facts(release),
        "arrears": _arrears(request, release.unit),
        "photos": Attachment.objects.of(release),
        "live": passes_key(release.project_id),
    }
    return render(request, "custody/pass_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, ISSUE_PASSES)
    files = request.FILES if request.method == "POST" else None
    form = PassForm(sent_with(request), files, user=request.user, initial=asked_unit(request) | _asked_carrier(request))
    if form.is_valid():
        release = issue_pass(by=request.user, **form.arguments())
        tell(request, _("Pass %(number)s, code %(code)s.") % {"number": release, "code": release.code})
        return done(request, pass_url(release))
    return show_form(
        request,
        form,
        title=pgettext("goods", "New release pass"),
        submit=_("Issue"),
        back=reverse("custody:pass-index"),
        live_url=reverse("custody:pass-arrears"),
        live_target="pass-arrears",
    )


@require_safe
def arrears(request: SignedInRequest) -> HttpResponse:
    """What the household of the form owes: for the conversation at the desk, never a reason to refuse."""
    authorize(request.user, ISSUE_PASSES)
    project = Project.objects.visible_to(request.user).filter(pk=id_in(request.GET.get("project", "")) or 0).first()
    typed = request.GET.get("unit_code", "").strip()
    unit = find_unit(typed, project, user=request.user) if project is not None and typed else None
    return render(request, "custody/_arrears.html", {"arrears": _arrears(request, unit)})


@require_http_methods(["GET", "HEAD", "POST"])
def void(request: SignedInRequest, pass_id: int) -> HttpResponse:
    release = find_pass(request, pass_id)
    form = VoidForm(sent_with(request))
    if form.is_valid():
        void_pass(release, by=request.user, **form.cleaned_data)
        tell(request, _("Pass %(number)s is withdrawn.") % {"number": release})
        return done(request, pass_url(release))
    title = _("Withdraw pass %(number)s") % {"number": release}
    return show_form(request, form, title=title, submit=pgettext("a pass", "Withdraw"), back=pass_url(release))


@require_safe
def paper(request: SignedInRequest, pass_id: int) -> HttpResponse:
    """The pass on paper, with its code as a picture that the gate's phone reads."""
    release = find_pass(request, pass_id)
    gate = request.build_absolute_uri(f"{reverse('custody:gate-show')}?q={release.code}")
    context = {
        "release": release,
        "qr": qr_code(gate) if release.state in ("valid", "coming") else None,
        "paper": "a5",
        "back": pass_url(release),
    }
    return render(request, "custody/pass_paper.html", context)


def find_pass(request: SignedInRequest, pass_id: int, permission: str = ISSUE_PASSES) -> ReleasePass:
    authorize(request.user, permission)
    found: ReleasePass = get_object_or_404(ReleasePass.objects.visible_to(request.user).for_page(), pk=pass_id)
    return found


def pass_url(release: ReleasePass) -> str:
    return reverse("custody:pass-show", args=[release.pk])


def _arrears(request: SignedInRequest, unit: Unit | None) -> Arrears | None:
    return owed_by(unit) if unit is not None and may(request.user, VIEW_BALANCES) else None


def _holding(words: str) -> Q:
    return Q(number__iendswith=words) | Q(unit__code__istartswith=words) | Q(plate__icontains=words) | Q(code=words)


def _asked_carrier(request: SignedInRequest) -> dict[str, str]:
    """Who carries it, as the page says from which the form was opened."""
    return {"carrier": request.GET.get("carrier", "")[:LONGEST_PERSON]}


def _facts(release: ReleasePass) -> list[tuple[str, Any]]:
    return [
        (_("carrier"), " ".join(part for part in (release.carrier, release.carrier_phone) if part)),
        (_("plate"), release.plate),
        (pgettext("a pass", "valid from"), release.valid_from),
        (pgettext("a pass", "valid until"), release.valid_until),
        (_("who of the household agreed"), f"{release.confirmed_by} · {release.get_confirmation_display()}"),
        (_("issued by"), release.issued_by),
        (_("let out by"), release.used_by),
        (pgettext("a pass", "withdrawn by"), release.voided_by),
        (pgettext("a pass", "why it was withdrawn"), release.void_reason),
    ]
