"""The register of keys: what hangs there, who has what, and what became of each."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.edits import carrying_version, stale_told, take_version
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.custody.forms import KeyEndForm, KeyForm
from gongying.custody.models import Key, KeyLoan
from gongying.custody.operations import change_key, end_key, register_key
from gongying.custody.rules import KEEP_KEYS
from gongying.estates.asked import asked_list, asked_unit, narrowed, unit_or_404
from gongying.estates.models import Project
from gongying.files.models import Attachment

MOST_LOANS = 20
LISTS = ("kept", "at_hand", "lent", "overdue", "ended")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What the project keeps, by the number on the tag."""
    authorize(request.user, KEEP_KEYS)
    shown = asked_list(request, LISTS)
    visible = narrowed(Key.objects.visible_to(request.user), request, _holding)
    rows = _of_list(visible, shown)
    context = {
        "page": paginate(rows.for_list(), order=("tag", "id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "lent": bounded_count(visible.lent()),
        "overdue": bounded_count(visible.overdue()),
        "projects": list(Project.objects.visible_to(request.user).order_by("code")),
    }
    return render(request, "custody/key_list.html", context)


@require_safe
def show(request: SignedInRequest, key_id: int) -> HttpResponse:
    key = find_key(request, key_id)
    loans = list(KeyLoan.objects.visible_to(request.user).filter(key=key).for_page()[:MOST_LOANS])
    context = {
        "key": key,
        "loan": next((loan for loan in loans if loan.returned_at is None), None),
        "loans": [loan for loan in loans if loan.returned_at is not None],
        "photos": Attachment.objects.of(*loans),
        "facts": _facts(key),
    }
    return render(request, "custody/key_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, KEEP_KEYS)
    form = KeyForm(sent_with(request), user=request.user, initial=asked_unit(request))
    if form.is_valid():
        key = register_key(by=request.user, **form.arguments())
        tell(request, _("%(key)s is in the register.") % {"key": key})
        return done(request, key_url(key))
    return show_form(
        request, form, title=_("New key"), submit=_("Put into the register"), back=reverse("custody:key-index")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, key_id: int) -> HttpResponse:
    key = find_key(request, key_id)
    form = _form_of(request, key, sent_with(request))
    if form.is_valid():
        with stale_told(form, stored=lambda: _form_of(request, find_key(request, key_id))):
            seen = take_version(form)
            facts = form.arguments()
            facts.pop("project")
            change_key(key, by=request.user, seen=seen, **facts)
            tell(request, _("Saved."))
            return done(request, key_url(key))
    return show_form(request, form, title=str(key), submit=_("Save"), back=key_url(key))


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, key_id: int) -> HttpResponse:
    key = find_key(request, key_id)
    form = KeyEndForm(sent_with(request))
    if form.is_valid():
        end_key(key, by=request.user, **form.cleaned_data)
        tell(request, _("%(key)s is out of the register.") % {"key": key})
        return done(request, key_url(key))
    title = _("Take %(key)s out of the register") % {"key": key}
    return show_form(request, form, title=title, submit=_("Take out"), back=key_url(key))


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """Chips in the head of a household: its keys at the desk, and who has them."""
    unit = unit_or_404(request.user, unit_id)
    keys = Key.objects.visible_to(request.user).kept().filter(unit=unit).for_list().order_by("tag", "pk")
    return render(request, "custody/_unit_keys.html", {"keys": keys})


def find_key(request: SignedInRequest, key_id: int) -> Key:
    authorize(request.user, KEEP_KEYS)
    rows = Key.objects.visible_to(request.user).select_related("project", "unit", "received_by")
    found: Key = get_object_or_404(rows, pk=key_id)
    return found


def key_url(key: Key) -> str:
    return reverse("custody:key-show", args=[key.pk])


def _of_list(rows: Any, shown: str) -> Any:
    if shown == "ended":
        return rows.filter(ended_at__isnull=False)
    return getattr(rows, shown)()


def _holding(words: str) -> Q:
    """A register of some hundred keys: looked through."""
    digits = "".join(character for character in words if character.isdigit())
    found = Q(tag__icontains=words) | Q(opens__icontains=words) | Q(unit__code__icontains=words)
    return found | Q(unit__digits=digits) if digits else found


def _form_of(request: SignedInRequest, key: Key, data: Any = None) -> KeyForm:
    return carrying_version(KeyForm(data, key=key, user=request.user), key)


def _facts(key: Key) -> list[tuple[str, Any]]:
    return [
        (_("kind"), key.get_kind_display()),
        (_("keys on the ring"), key.number_of_keys),
        (_("entrusted by"), key.entrusted_by),
        (pgettext("a key", "received by"), key.received_by),
        (_("note"), key.note),
        (_("why it is in the register no more"), key.get_ending_display()),
    ]
