from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.inputs import id_in
from gongying.common.messages import tell
from gongying.common.paging import Count, bounded_count, paginate
from gongying.common.statements import statement_of
from gongying.notifications.forms import DigestForm
from gongying.notifications.models import NEWEST_FIRST, Notification
from gongying.notifications.operations import digest_of, read_all, read_notification
from gongying.notifications.presentation import notices_of

IN_THE_BELL = 5


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """What one was told, the newest first; all of it or the unread."""
    return shown(request, DigestForm(initial={"at": digest_of(request.user).at}))


def shown(request: SignedInRequest, digest_form: DigestForm, *, status: int = 200) -> HttpResponse:
    only_unread = request.GET.get("unread") == "1"
    rows = Notification.objects.visible_to(request.user)
    unread = rows.unread()
    chosen = unread if only_unread else rows
    page = paginate(chosen.select_related("event"), order=NEWEST_FIRST, cursor=request.GET.get("cursor"))
    context = {
        "page": page,
        "notices": notices_of(page.rows, user=request.user),
        "only_unread": only_unread,
        "unread": bounded_count(unread),
        "newest": page.rows[0].pk if page.rows else 0,
        "digest_form": digest_form,
    }
    return render(request, "notifications/notification_list.html", context, status=status)


@require_safe
def bell(request: SignedInRequest) -> HttpResponse:
    """The bell in the frame: how many are unread, and the newest of them."""
    user = request.user

    def newest() -> Any:
        unread = Notification.objects.visible_to(user).unread()
        return unread.select_related("event").order_by(*NEWEST_FIRST)[:IN_THE_BELL]

    rows = statement_of(user, "newest unread", newest).rows()
    unread = Count(len(rows), is_exact=True)
    if len(rows) == IN_THE_BELL:  # there may be more than are shown
        unread = bounded_count(Notification.objects.visible_to(user).unread())
    context = {"unread": unread, "notices": notices_of(rows, user=user)}
    return render(request, "notifications/bell.html", context)


@require_safe
def show(request: SignedInRequest, notification_id: int) -> HttpResponse:
    """Opens what it is about. Opening is reading."""
    rows = Notification.objects.visible_to(request.user).select_related("event")
    notification = get_object_or_404(rows, pk=notification_id)
    read_notification(notification)
    (notice,) = notices_of([notification], user=request.user)
    return redirect(notice.url or "notifications:notification-index")


@require_POST
def read(request: SignedInRequest) -> HttpResponse:
    number = read_all(by=request.user, up_to=id_in(request.POST.get("up_to", "")))
    tell(request, ngettext("%(n)s notice is read.", "%(n)s notices are read.", number) % {"n": number})
    return redirect("notifications:notification-index")
