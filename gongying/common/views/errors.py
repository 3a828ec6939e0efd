from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from gongying.common.error_pages import bare_error_page, error_page


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        allowed = filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        sentence = _("What was typed is longer than %(allowed)s: shorten it, or attach it as a file.")
        return error_page(request, 413, sentence=sentence % {"allowed": allowed})
    # Django's own sentences speak of hosts and sessions; ours (`BadRequest`) are meant for people.
    sentence = "" if isinstance(exception, SuspiciousOperation) else str(exception)
    return error_page(request, 400, sentence=sentence)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403, sentence=str(exception))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    try:
        return error_page(request, 500)
    except Exception:  # noqa: BLE001 the page about an error must not fail with it
        return bare_error_page()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open too long, or the browser refuses cookies."""
    return error_page(
        request,
        403,
        sentence=_("This page was open too long or was opened from elsewhere. Reload it and send it again."),
    )
