"""The server that DATABASE_URL names: what bin/run says of one that cannot be used."""

from __future__ import annotations

import os
import socket
import time

import pytest

from launcher import outside, run
from launcher.steps import Failed, Steps

SECRET = "g3heim"


@pytest.fixture
def own_database(monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the server that the tests run on."""
    url = os.environ["DATABASE_URL"]
    monkeypatch.delenv("OWNER_DATABASE_URL", raising=False)
    return url


def refusal(monkeypatch: pytest.MonkeyPatch, url: str, owner: str = "") -> Failed:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("OWNER_DATABASE_URL", owner)
    with pytest.raises(Failed) as failure:
        outside.require()
    return failure.value


def test_server_that_answers_is_taken(own_database: str) -> None:
    outside.require()


def test_port_without_a_server_is_said_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        failure = refusal(monkeypatch, f"postgresql://gongying:{SECRET}@127.0.0.1:{port}/gongying")

    assert failure.key == "database_unreached"
    assert f"{port}" in failure.output
    said = str(failure)
    assert SECRET not in said
    assert "DATABASE_URL names cannot be reached" in said
    assert "连不上 DATABASE_URL 指定的数据库" in said


def test_server_that_takes_the_call_and_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        outside, "ASK", outside.ASK.replace(f"connect_timeout={outside.CONNECT_SECONDS}", "connect_timeout=2")
    )
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        began = time.monotonic()
        failure = refusal(monkeypatch, f"postgresql://gongying:{SECRET}@127.0.0.1:{mute.getsockname()[1]}/gongying")

    assert time.monotonic() - began < outside.PATIENCE_SECONDS
    assert failure.key == "database_unreached"
    assert SECRET not in str(failure)


def test_unknown_database_is_named_and_so_is_the_role_that_could_not(
    monkeypatch: pytest.MonkeyPatch, own_database: str
) -> None:
    missing = own_database.replace("/gongying", "/no_such_", 1) if "@/" in own_database else f"{own_database}_none"

    failure = refusal(monkeypatch, own_database, owner=missing)

    assert failure.values_ == {"name": "OWNER_DATABASE_URL"}
    assert "does not exist" in failure.output


@pytest.mark.parametrize(
    "url", [f"postgresql://gongying:{SECRET}%zz@db/gongying", f"postgres//gongying:{SECRET}@db/gongying", "gongying"]
)
def test_address_that_cannot_be_read_is_not_repeated(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    failure = refusal(monkeypatch, url)

    assert (failure.key, failure.output) == ("database_address", "")
    assert SECRET not in str(failure)


@pytest.mark.parametrize(
    ("url", "said", "shown"),
    [
        (f"postgresql://u:{SECRET}@db/x", f'for "{SECRET}"', 'for "***"'),
        ("postgresql://u:hot@cold@db/x", 'could not resolve host "cold@db"', 'could not resolve host "***@db"'),
        (f"host=db password={SECRET} dbname=x", f"bad {SECRET}", "bad ***"),
        (f"host=db password='{SECRET} two' dbname=x", f"bad '{SECRET} two'", "bad ***"),
        ("postgresql://u@db/x", "u at db", "u at db"),
    ],
)
def test_no_piece_of_a_password_is_said(url: str, said: str, shown: str) -> None:
    assert outside.without_secrets(said, url) == shown


def test_run_asks_before_it_migrates(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run.packages, "require", lambda *_given: None)
    monkeypatch.setattr(run.frontend, "fetch", lambda *_given: None)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("DATABASE_URL", f"postgresql://gongying@127.0.0.1:{closed.getsockname()[1]}/gongying")
        monkeypatch.delenv("OWNER_DATABASE_URL", raising=False)
        with pytest.raises(Failed) as failure:
            run.set_up(run.arguments([]), Steps(total=7, quiet=True), None)

    assert failure.value.key == "database_unreached"
