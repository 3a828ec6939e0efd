"""The floor: a Django page with nothing of ours but the table; session, person and moments are read as Django reads them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from gongying.common.moments import MomentLoader
from gongying.servicedesk.models import ServiceRequest

ROWS = 50
URL = "/floor/"
MODULE = __name__
SESSION_ENGINE = "django.contrib.sessions.backends.db"
BACKEND = f"{MODULE}.BareBackend"
MIDDLEWARE = [
    f"{MODULE}.use_floor",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


class BareBackend(ModelBackend):
    """Stands among the product's backends while it is measured, so it grants nothing."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return False


def use_floor(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        request.urlconf = MODULE
        with _moments_as_django_reads_them():
            return get_response(request)

    return middleware


class DjangosLoader(BaseTzLoader):  # type: ignore[misc]
    timezone = UTC


@contextmanager
def _moments_as_django_reads_them() -> Iterator[None]:
    """A few microseconds, which the floor would not need."""
    connection.ensure_connection()
    adapters = connection.connection.adapters
    adapters.register_loader("timestamptz", DjangosLoader)
    try:
        yield
    finally:
        adapters.register_loader("timestamptz", MomentLoader)


@login_required
def show(request: HttpRequest) -> HttpResponse:
    rows = ServiceRequest.objects.order_by("-entered_at", "-id")[
        :ROWS
    ]  # the whole table on purpose: no scope, no joins
    return render(request, "bench/floor.html", {"rows": rows})


urlpatterns = [path(URL.strip("/") + "/", show)]
