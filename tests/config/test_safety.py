"""What keeps strangers out, whatever the pages do: cookies, the deployment, guesses, colleagues who left."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.organization.models import StaffMember
from tests.api.conftest import Caller, problem
from tests.conftest import PASSWORD, Cast


def log_in(client: Client, name: str = "xiaozhao", password: str = PASSWORD) -> Any:
    return client.post(reverse("account_login"), {"login": name, "password": password})


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


def test_cookies_are_for_this_site_and_no_script_reads_the_session(cast: Cast, client: Client) -> None:
    client.get(reverse("account_login"))
    log_in(client)

    session, csrf = client.cookies[settings.SESSION_COOKIE_NAME], client.cookies[settings.CSRF_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], csrf["samesite"]) == (True, "Lax", "Lax")
    assert session["max-age"] == 12 * 60 * 60


@pytest.mark.parametrize(
    "path", ["/", "/accounts/login/", "/nowhere/", "/settings/", "/api/v1/me", "/api/v1/docs", "/healthz"]
)
def test_every_answer_is_guarded(cast: Cast, client_of: Any, path: str) -> None:
    for client in (Client(), client_of(cast.receptionist)):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
        assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.long
def test_behind_https_django_finds_nothing_to_mend(tmp_path: Any) -> None:
    """But for what is the proxy's (the way from HTTP) or the owner's of the domain (its other hosts)."""
    asked = "import django; django.setup(); from django.core.checks import run_checks; print(sorted(each.id for each in run_checks(include_deployment_checks=True)))"
    environment = {**os.environ, "GONGYING_HTTPS": "1", "GONGYING_DEBUG": "", "GONGYING_SECRET_KEY": "0x1f-Kw " * 12}
    told = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "['security.W005', 'security.W008', 'security.W021']"


def test_a_password_is_guessed_five_times_however_the_name_is_spelled(cast: Cast, client: Client) -> None:
    spellings = ["13700000001", "137 0000 0001", "+8613700000001", "１３７００００００01", "137-0000-0001"]
    for spelling in spellings:
        log_in(client, spelling, "wrong")
    log_in(client, "0086 137 0000 0001")

    assert not is_in(client)
    assert is_in(logged_in_elsewhere("lizhuguan"))  # a colleague is not hindered


def logged_in_elsewhere(name: str) -> Client:
    client = Client()
    log_in(client, name)
    return client


@pytest.mark.parametrize("how", ["deactivated", "left today"])
def test_who_leaves_is_out_at_the_next_request(cast: Cast, client: Client, how: str) -> None:
    """Pages and programs; open pages fall silent by themselves (`tests/config/test_push.py`)."""
    log_in(client)
    program = Caller(cast.receptionist)
    assert is_in(client)
    assert program.get("/me").status_code == 200

    if how == "deactivated":
        User.objects.filter(pk=cast.receptionist.pk).update(is_active=False)
    else:
        StaffMember.objects.filter(user=cast.receptionist).update(left_on=timezone.localdate())

    assert not is_in(client)
    problem(program.get("/me"), 401)
    assert not is_in(logged_in_elsewhere("xiaozhao"))
