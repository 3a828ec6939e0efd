from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation

Handler = Callable[[HttpRequest], HttpResponse]

# Everything else asks for a log-in first; a structure test walks the URL table against this list.
PUBLIC_PATHS = (
    "/accounts/login/",
    "/accounts/2fa/",
    "/healthz",
    "/metrics",
    "/static/",
    "/api/",
    "/language",
    "/favicon.ico",
    "/rate/",
    "/guest/",
    "/feeds/",
)


def require_login(get_response: Handler) -> Handler:
    """Send anonymous visitors to the log-in; the API answers 401 by itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated or request.path.startswith(PUBLIC_PATHS):
            return get_response(request)
        target = f"{reverse(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}"
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=401, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

    return middleware


# Where somebody may go whose password another person knows.
PASSWORD_PATHS = ("/accounts/password/change/", "/accounts/logout/", "/static/", "/language", "/healthz", "/metrics")


def require_own_password(get_response: Handler) -> Handler:
    """Whose password was set by the administrator sees only the page where she sets her own."""

    def middleware(request: HttpRequest) -> HttpResponse:
        must_change = request.user.is_authenticated and request.user.must_change_password
        if not must_change or request.path.startswith(PASSWORD_PATHS):
            return get_response(request)
        target = reverse("account_change_password")
        if request.path.startswith("/api/"):
            return HttpResponse(status=403)
        if request.headers.get("HX-Request") == "true":
            return HttpResponse(status=403, headers={"HX-Redirect": target})
        return HttpResponseRedirect(target)

    return middleware


def language(get_response: Handler) -> Handler:
    """Chinese unless the person chose otherwise (cookie); the API goes by Accept-Language."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            chosen = translation.get_language_from_request(request)
        else:
            chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, settings.LANGUAGE_CODE)
        if chosen not in dict(settings.LANGUAGES):
            chosen = settings.LANGUAGE_CODE
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = get_response(request)
        response.headers.setdefault("Content-Language", chosen)
        return response

    return middleware
