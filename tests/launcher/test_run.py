"""What bin/run decides before it starts anything."""

from __future__ import annotations

import re
import socket
import subprocess
from pathlib import Path

import pytest

from launcher import frontend, places, run, texts
from launcher.steps import Failed


def test_push_port_is_the_next_one_unless_named() -> None:
    assert run.arguments(["--port", "9000"]).push_port == 9001
    assert run.arguments(["--port", "9000", "--push-port", "9100"]).push_port == 9100


@pytest.mark.parametrize("port", ["0", "65535", "-1", "eighty"])
def test_impossible_port_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.arguments(["--port", port])
    assert port in capsys.readouterr().err


def test_taken_port_is_refused_with_a_free_pair() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Failed) as refusal:
            run.check_ports(run.arguments(["--port", str(port)]))

    free = int(re.search(r"--port (\d+)", str(refusal.value))[1])
    assert free > port
    assert run.is_free("127.0.0.1", free)
    assert run.is_free("127.0.0.1", free + 1)


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("a.example", False),
    ],
)
def test_loopback_is_known(address: str, answer: bool) -> None:
    assert run.is_loopback(address) is answer


def test_host_names_never_allow_everything() -> None:
    assert run.host_names("127.0.0.1") == ["localhost", "127.0.0.1", "[::1]"]
    assert run.host_names("192.0.2.7") == ["localhost", "127.0.0.1", "[::1]", "192.0.2.7"]
    assert "*" not in run.host_names("0.0.0.0")


@pytest.mark.parametrize(
    ("listen", "shown"),
    [("127.0.0.1", "localhost"), ("::1", "[::1]"), ("192.0.2.7", "192.0.2.7"), ("a.example", "a.example")],
)
def test_shown_address_is_one_that_answers(listen: str, shown: str) -> None:
    assert run.shown_host(listen) == shown


def test_shown_address_of_every_address_is_among_the_allowed_names() -> None:
    assert run.shown_host("0.0.0.0") in run.host_names("0.0.0.0")


def test_second_run_in_the_same_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "VAR", tmp_path)
    with run.only_run_here(), pytest.raises(Failed), run.only_run_here():
        pass


def test_texts_say_the_same_in_both_languages() -> None:
    english, chinese = texts.catalogue("en"), texts.catalogue("zh")
    placeholders = re.compile(r"{\w+[^}]*}")

    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(chinese[key])), key


def test_every_text_that_is_used_exists() -> None:
    source = "\n".join(path.read_text() for path in (places.ROOT / "launcher").rglob("*.py"))
    used = re.findall(r'(?:Failed|say|complain|line|lines|step)\(\s*"(\w+)"', source) + re.findall(
        r'failure="(\w+)"', source
    )

    assert set(used) - texts.catalogue("en").keys() == set()
    assert len(used) > 30


def test_front_end_files_refer_to_nothing_that_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "FRONTEND", tmp_path / "frontend")
    for source in frontend.FILES:
        path = tmp_path / "node_modules" / source
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"body{}\n/*# sourceMappingURL=x.css.map */" if path.suffix == ".css" else b"")
    icons = tmp_path / "node_modules" / "@tabler/icons-webfont/dist/tabler-icons.min.css"
    icons.write_bytes(b'@font-face{src:url("./fonts/a.woff2") format("woff2"),url("./fonts/a.woff?") format("woff")}')

    frontend.copy(tmp_path / "node_modules")

    assert (tmp_path / "frontend/vendor/tabler.min.css").read_bytes() == b"body{}"
    assert (tmp_path / "frontend/vendor/tabler-icons.min.css").read_bytes() == (
        b'@font-face{src:url("./fonts/a.woff2") format("woff2")}'
    )
    assert frontend.is_fetched()


def test_commands_use_their_own_checkout_wherever_they_are_called(tmp_path: Path) -> None:
    (tmp_path / "launcher").mkdir()
    (tmp_path / "launcher" / "__init__.py").write_text("raise SystemExit('the wrong checkout')")

    answer = subprocess.run(
        [places.ROOT / "bin" / "run", "--help"], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (answer.returncode, answer.stderr) == (0, "")
    assert "--no-demo" in answer.stdout
