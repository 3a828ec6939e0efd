"""Allauth's pages as this product offers them: two-step log-in from switching it on to logging in with it, and lock-out."""

import base64
import hashlib
import hmac
import re
import struct
import time
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.conftest import PASSWORD

NOT_OFFERED = [
    "signup/",
    "email/",
    "confirm-email/",
    "confirm-email/abc:def/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "password/reset/key/done/",
    "login/code/confirm/",
    "3rdparty/",
    "2fa/webauthn/",
]
SECONDS_OF_A_CODE = 30


@pytest.fixture(autouse=True)
def _no_attempts_yet(db: None) -> None:
    cache.clear()


def totp(secret: str, *, at: float | None = None) -> str:
    """The six digits that an authenticator app shows (RFC 6238)."""
    counter = int((time.time() if at is None else at) // SECONDS_OF_A_CODE)
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", counter), hashlib.sha1).digest()
    start = digest[-1] & 0xF
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_app_shows_what_the_standard_says() -> None:
    assert totp(base64.b32encode(b"12345678901234567890").decode(), at=59) == "287082"


def log_in(client: Client, login: str = "xiaozhao", password: str = PASSWORD):
    return client.post(reverse("account_login"), {"login": login, "password": password})


@pytest.mark.parametrize("path", NOT_OFFERED)
def test_what_is_not_offered_is_not_there(cast, client: Client, path: str) -> None:
    client.force_login(cast.receptionist, backend="gongying.accounts.backends.NameOrPhoneBackend")

    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}").status_code == 404


def confirm(client: Client, page: str) -> None:
    """The page asks for the password first; a wrong one does not open it."""
    asked = client.get(page).headers["Location"]
    assert asked.startswith(reverse("account_reauthenticate"))
    assert client.post(asked, {"password": "wrong"}).status_code == 200
    assert client.post(asked, {"password": PASSWORD}).headers["Location"] == page


def switch_on(client: Client) -> tuple[str, list[str]]:
    """Log in, switch the second step on, and read the secret and the recovery codes."""
    log_in(client)
    address = reverse("mfa_activate_totp")
    confirm(client, address)
    (secret,) = re.findall(r"<code>([A-Z2-7]+)</code>", client.get(address).content.decode())
    wrong = client.post(address, {"code": "12345x"})
    assert (wrong.status_code, wrong.context["form"]["code"].label) == (200, "6 位数字")
    assert "认证器代码" not in wrong.content.decode()
    response = client.post(address, {"code": totp(secret)})
    assert response.headers["Location"] == reverse("mfa_view_recovery_codes")
    codes = re.findall(r"<li><code>([0-9a-z]+)</code>", client.get(response.headers["Location"]).content.decode())
    assert len(codes) == 10
    return secret, codes


def test_two_step_log_in_from_switching_on_to_logging_in_by_code(cast, client: Client, monkeypatch) -> None:
    secret, codes = switch_on(client)
    client.post(reverse("account_logout"))

    assert log_in(client).headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/").status_code == 302
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    later = time.time() + SECONDS_OF_A_CODE
    monkeypatch.setattr(time, "time", lambda: later)  # a code works once
    assert client.post(reverse("mfa_authenticate"), {"code": totp(secret)}).status_code == 302
    assert client.get("/").status_code == 200

    client.post(reverse("account_logout"))
    log_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 302
    client.post(reverse("account_logout"))
    log_in(client)
    assert client.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 200, "it worked twice"


def test_who_confirmed_long_ago_confirms_again_before_the_second_step_is_changed(cast, client: Client) -> None:
    switch_on(client)
    session = client.session
    long_ago = (timezone.now() - timedelta(hours=2)).timestamp()
    session["account_authentication_methods"] = [
        {**method, "at": long_ago} for method in session["account_authentication_methods"]
    ]
    session.save()

    confirm(client, reverse("mfa_deactivate_totp"))
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    client.post(reverse("account_logout"))
    assert log_in(client).headers["Location"] == "/"


@pytest.mark.parametrize(("language", "sentence"), [("", "请等待五分钟"), ("en", "Wait five minutes")])
def test_lock_out_says_how_long_to_wait(cast, client: Client, language: str, sentence: str) -> None:
    if language:
        client.cookies["django_language"] = language
    for _attempt in range(5):
        page = log_in(client, password="wrong").content.decode()
        assert sentence not in page

    page = log_in(client).content.decode()

    assert sentence in page
    assert "_auth_user_id" not in client.session
    assert log_in(client, "lizhuguan").status_code == 302, "somebody else is not locked out"
