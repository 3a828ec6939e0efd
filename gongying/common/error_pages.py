"""What a person sees when something is wrong: what it is, why, and what to do."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from gongying.common import request_ids

TITLES: dict[int, str | Promise] = {
    400: _("This request could not be read"),
    403: _("Your role does not allow this"),
    404: _("Not found"),
    409: _("This cannot be done now"),
    413: _("This is too large"),
    429: _("Too many attempts"),
    500: _("Something went wrong on our side"),
}
ADVICE: dict[int, str | Promise] = {
    400: _("Go back, open the page again and repeat the step. Nothing was changed."),
    403: _("Ask your supervisor or the administrator if your work needs it. Nothing was changed."),
    404: _("It does not exist, or it lies outside your territories. Try the search, or ask the administrator."),
    409: _("Nothing was changed. Go back, look at the present state and decide again."),
    413: _("Choose a smaller file, or send several one after another. Nothing was saved."),
    429: _("Wait some minutes and try again."),
    500: _("Nothing of this step was saved. Try again; if it stays, tell the administrator the number of this page."),
}


def error_page(request: HttpRequest, status: int, *, sentence: str | Promise = "") -> HttpResponse:
    """A page for a page, a message for a fragment: then the page stays as it is."""
    context = {
        "status": status,
        "title": TITLES[status],
        "sentence": sentence or TITLES[status],
        "advice": ADVICE[status],
        "back": _page_before(request),
        "request_id": request_ids.current.get() if status == HTTPStatus.INTERNAL_SERVER_ERROR else "",
    }
    if request.headers.get("HX-Request") != "true":
        return render(request, "errors/page.html", context, status=status)
    response = render(request, "errors/_message.html", context, status=status)
    response.headers["HX-Retarget"] = "#messages"
    response.headers["HX-Reswap"] = "beforeend"
    # Whatever part of the answer the page asked for: this is the one to take.
    response.headers["HX-Reselect"] = "[data-message]"
    return response


def _page_before(request: HttpRequest) -> str:
    """The page of ours on which the step was taken, to look at again."""
    before = request.headers.get("Referer", "")
    hosts = {request.get_host()} if request.method == "POST" else set()
    return before if url_has_allowed_host_and_scheme(before, hosts, require_https=request.is_secure()) else ""


def bare_error_page() -> HttpResponse:
    """For the worst case: no session, no database, no context processor may be asked."""
    context = {
        "status": 500,
        "title": TITLES[500],
        "sentence": TITLES[500],
        "advice": ADVICE[500],
        "request_id": request_ids.current.get(),
    }
    return HttpResponse(loader.render_to_string("errors/page.html", context), status=HTTPStatus.INTERNAL_SERVER_ERROR)
