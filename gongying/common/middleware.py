from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from gongying.common.constraints import taken_in
from gongying.common.editions import one_request
from gongying.common.error_pages import error_page
from gongying.common.errors import refusal_in
from gongying.common.form_pages import is_of_page
from gongying.common.inputs import check_readable
from gongying.common.messages import waiting
from gongying.common.problems import CONTENT_TYPE, Problem
from gongying.common.push import push_url

Handler = Callable[[HttpRequest], HttpResponse]


def content_security_policy(get_response: Handler) -> Handler:
    """Send a strict policy: nothing inline, nothing from elsewhere except the push process."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        push = push_url(request)
        policy = [
            "default-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'" if push.startswith("/") else f"connect-src 'self' {push}",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
        response.headers.setdefault("Content-Security-Policy", "; ".join(policy))
        return response

    return middleware


def unkept_pages(get_response: Handler) -> Handler:
    """Who goes back sees a page as it is now, and after the log-out none: the browser keeps no copy of what it was."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def one_edition(get_response: Handler) -> Handler:
    """Work with one edition of the set-up from beginning to end of a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with one_request():
            return get_response(request)

    return middleware


def api_problems(get_response: Handler) -> Handler:
    """Under `/api/` every error is a problem, those of Django itself too (an unknown path, a wrong method)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_error = response.status_code >= 400 and request.path.startswith("/api/")  # noqa: PLR2004
        if not is_error or response.headers.get("Content-Type", "").startswith(CONTENT_TYPE):
            return response
        problem = Problem(response.status_code).as_response()
        if "Allow" in response.headers:
            problem.headers["Allow"] = response.headers["Allow"]
        return problem

    return middleware


def readable_address(get_response: Handler) -> Handler:
    """Forms name a field with a null byte themselves, and so does the API; the words of an address are read by many."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/api/"):
            check_readable(request.GET)
        return get_response(request)

    return middleware


class RefusedMiddleware:
    """Show what an operation refused as 409 with its sentence; nothing of the request was kept."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        refusal = refusal_in(exception) or taken_in(exception)
        return None if refusal is None else error_page(request, 409, sentence=str(refusal))


def forms_lead_on(get_response: Handler) -> Handler:
    """A form that was sent from its page goes on to another page, not into the place of the form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if is_of_page(request) and (url := response.headers.get("Location")):
            return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": url})
        return response

    return middleware


def messages_with_fragments(get_response: Handler) -> Handler:
    """Let a fragment's answer carry the waiting messages along; a full page shows them by itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if _takes_messages(request, response):
            queued = waiting(request)
            if queued:
                html = render_to_string("frame/_messages_oob.html", {"queued": queued}, request)
                response.content += html.encode()
        return response

    return middleware


def _takes_messages(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        request.headers.get("HX-Request") == "true"
        and response.status_code < HTTPStatus.MULTIPLE_CHOICES
        and response.status_code != HTTPStatus.NO_CONTENT
        and not response.streaming
        and response.headers.get("Content-Type", "").startswith("text/html")
        and not {"HX-Redirect", "HX-Refresh", "HX-Location"} & set(response.headers)
    )
