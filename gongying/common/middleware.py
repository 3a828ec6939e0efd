from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gongying.common.errors import Refused
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


class RefusedMiddleware:
    """Show what an operation refused as 409 with its sentence; nothing of the request was kept."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refused):
            return None
        is_fragment = request.headers.get("HX-Request") == "true"
        template = "errors/_refused.html" if is_fragment else "errors/refused.html"
        response = render(request, template, {"sentence": str(exception)}, status=409)
        if is_fragment:
            # The page stays as it is; the sentence appears among the messages.
            response.headers["HX-Retarget"] = "#messages"
            response.headers["HX-Reswap"] = "beforeend"
        return response
