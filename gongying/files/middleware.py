from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from gongying.common.error_pages import error_page
from gongying.common.inputs import announced_bytes

Handler = Callable[[HttpRequest], HttpResponse]


def limit_uploads(get_response: Handler) -> Handler:
    """Refuse a body that is too large by its announced length, before a byte of it is read (413).

    A body without a length is not read at all: Django's WSGI handler reads as far as Content-Length says.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if announced_bytes(request) <= settings.UPLOAD_REQUEST_BYTES:
            return get_response(request)
        sentence = _("The upload is larger than %(limit)d MB. Choose smaller files, or fewer at a time.") % {
            "limit": settings.UPLOAD_REQUEST_BYTES // 2**20
        }
        if request.path.startswith("/api/"):
            problem = {"type": "about:blank", "title": _("The upload is too large."), "status": 413, "detail": sentence}
            return JsonResponse(problem, status=413, content_type="application/problem+json")
        return error_page(request, 413, sentence=sentence)

    return middleware
