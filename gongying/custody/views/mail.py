"""The mail room: taken in, told, handed out."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.form_pages import done, sent_with, show_form
from gongying.common.messages import tell
from gongying.common.paging import bounded_count, paginate
from gongying.common.permissions import authorize
from gongying.custody.enums import MailEnding
from gongying.custody.forms import BackForm, MailForm, OutForm, ToldForm
from gongying.custody.models import MailItem
from gongying.custody.operations import hand_out_mail, send_mail_back, take_in_mail, tell_household
from gongying.custody.rules import KEEP_MAIL
from gongying.estates.asked import asked_list, asked_unit, narrowed, unit_or_404
from gongying.estates.models import Project
from gongying.files.models import Attachment

LISTS = ("waiting", "lying_long", "ended")


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    authorize(request.user, KEEP_MAIL)
    shown = asked_list(request, LISTS)
    visible = narrowed(MailItem.objects.visible_to(request.user), request, _holding)
    rows = getattr(visible, shown)()
    context = {
        "page": paginate(rows.for_page(), order=("-received_at", "-id"), cursor=request.GET.get("cursor")),
        "count": bounded_count(rows),
        "shown": shown,
        "long": bounded_count(visible.lying_long()),
        "projects": list(Project.objects.visible_to(request.user).order_by("code")),
    }
    return render(request, "custody/mail_list.html", context)


@require_safe
def show(request: SignedInRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    context = {
        "item": item,
        "facts": _facts(item),
        "papers": Attachment.objects.of(item),
        "told_form": ToldForm(),
    }
    return render(request, "custody/mail_show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: SignedInRequest) -> HttpResponse:
    """One after another: the empty form comes again, with the project as it was."""
    authorize(request.user, KEEP_MAIL)
    form = MailForm(sent_with(request), user=request.user, initial=asked_unit(request))
    if form.is_valid():
        item = take_in_mail(by=request.user, **form.arguments())
        tell(request, _("Taken in: %(item)s.") % {"item": item})
        return done(request, reverse("custody:mail-index"))
    return show_form(request, form, title=_("Take mail in"), submit=_("Take in"), back=reverse("custody:mail-index"))


@require_http_methods(["GET", "HEAD", "POST"])
def hand_out(request: SignedInRequest, item_id: int) -> HttpResponse:
    """All that waits for the household is offered at once."""
    item = _find(request, item_id)
    if request.method != "POST" and item.ended_at is not None:
        return done(request, mail_url(item))
    files = request.FILES if request.method == "POST" else None
    form = OutForm(sent_with(request), files, item=item)
    if form.is_valid():
        handed = hand_out_mail(by=request.user, **form.arguments())
        tell(request, _("Handed out: %(n)s.") % {"n": len(handed)})
        return done(request, mail_url(item))
    title = _("Hand out mail of %(unit)s") % {"unit": item.unit}
    return show_form(request, form, title=title, submit=_("Hand out"), back=mail_url(item))


@require_http_methods(["GET", "HEAD", "POST"])
def send_back(request: SignedInRequest, item_id: int) -> HttpResponse:
    item = _find(request, item_id)
    form = BackForm(sent_with(request))
    if form.is_valid():
        send_mail_back(item, by=request.user, **form.cleaned_data)
        tell(request, _("Sent back."))
        return done(request, mail_url(item))
    return show_form(request, form, title=_("Send back"), submit=_("Send back"), back=mail_url(item))


@require_POST
def told(request: SignedInRequest, item_id: int) -> HttpResponse:
    """The household was told of all that waits for it."""
    item = _find(request, item_id)
    form = ToldForm(request.POST)
    if not form.is_valid():
        return show_form(request, form, title=str(item), submit=_("Told"), back=mail_url(item))
    waiting = list(MailItem.objects.visible_to(request.user).for_household(item.unit))
    tell_household(waiting or [item], by=request.user, **form.cleaned_data)
    tell(request, _("Written down."))
    return done(request, mail_url(item))


@require_safe
def of_unit(request: SignedInRequest, unit_id: int) -> HttpResponse:
    """A chip in the head of a household: what waits for it."""
    unit = unit_or_404(request.user, unit_id)
    number = MailItem.objects.visible_to(request.user).for_household(unit).count()
    return render(request, "custody/_unit_mail.html", {"unit": unit, "number": number})


def mail_url(item: MailItem) -> str:
    return reverse("custody:mail-show", args=[item.pk])


def _find(request: SignedInRequest, item_id: int) -> MailItem:
    authorize(request.user, KEEP_MAIL)
    found: MailItem = get_object_or_404(MailItem.objects.visible_to(request.user).for_page(), pk=item_id)
    return found


def _holding(words: str) -> Q:
    return Q(unit__code__istartswith=words) | Q(tracking_no__iendswith=words) | Q(recipient__icontains=words)


def _facts(item: MailItem) -> list[tuple[str, Any]]:
    return [
        (_("way"), item.get_way_display()),
        (pgettext("mail", "for whom"), item.recipient),
        (_("delivery service"), " ".join(part for part in (item.service, item.tracking_no) if part)),
        (_("where it lies"), item.shelf),
        (_("remark"), item.remark),
        (_("taken in by"), item.received_by),
        (pgettext("mail", "told by"), f"{item.told_by} · {item.get_told_how_display()}" if item.told_by else ""),
        (_("who took it back") if item.ending == MailEnding.SENT_BACK else _("who took it"), item.taken_by),
        (_("why it was sent back"), item.why_back),
        (_("handed out by"), item.ended_by),
    ]
