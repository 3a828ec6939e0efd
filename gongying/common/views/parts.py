"""What a page fetches by itself in the same moment comes with one request (parts.js): a household's page has fifteen such parts.

Each is answered by its own view, which asks for the right itself, and has a status of its own: one that fails leaves the others alone.
"""

from copy import copy
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import unquote

from django.core.exceptions import BadRequest
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.urls import ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gongying.common.error_pages import error_page
from gongying.common.errors import Refused
from gongying.common.inputs import check_readable
from gongying.common.messages import HTML

# More than any page has; parts.js asks for the rest in a second request.
MOST: Final = 30


@require_safe
def index(request: HttpRequest) -> JsonResponse:
    """In the order of the addresses, which are given as `of`: status, headers and body of each answer."""
    addresses = request.GET.getlist("of")
    if len(addresses) > MOST:
        raise BadRequest(_("of: at most %(most)d addresses at a time.") % {"most": MOST})
    # The forms in all parts share one token, whose cookie goes with this answer.
    get_token(request)
    answers = [_told(_answer(request, address)) for address in addresses]
    return JsonResponse(answers, safe=False)


def _answer(request: HttpRequest, address: str) -> HttpResponseBase:
    part = _as_if_asked_for(request, address)
    try:
        check_readable(part.GET)
        part.resolver_match = match = _view_at(part.path_info)
        answer: HttpResponseBase = match.func(part, *match.args, **match.kwargs)
    except Refused as refused:
        answer = error_page(part, HTTPStatus.CONFLICT, sentence=str(refused))
    except Exception as exception:  # noqa: BLE001 logged and told there, as for a request of its own
        answer = response_for_exception(part, exception)
    return answer


def _view_at(path: str) -> ResolverMatch:
    match = resolve(path)
    if match.func is index:
        raise Http404
    return match


def _as_if_asked_for(request: HttpRequest, address: str) -> HttpRequest:
    """The same person in the same session, at another address: what of it is no path and no question is not looked at."""
    path, _mark, query = address.partition("?")
    part: Any = copy(request)
    part.path = part.path_info = unquote(path)
    part.GET = QueryDict(query)
    part.META = {**request.META, "PATH_INFO": part.path, "QUERY_STRING": query}
    return part  # type: ignore[no-any-return]


def _told(answer: HttpResponseBase) -> dict[str, Any]:
    """Only what pages are made of: no file, and nothing of the API."""
    if not isinstance(answer, HttpResponse) or not answer.headers.get("Content-Type", "").startswith(HTML):
        return {"status": HTTPStatus.NOT_FOUND, "headers": {}, "body": ""}
    return {"status": answer.status_code, "headers": dict(answer.headers), "body": answer.text}
