"""`bin/run`: from a fresh checkout to a running installation, and again tomorrow."""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType

from launcher import catalogues, django, frontend, locks, outside, packages, places, texts
from launcher.postgres import Postgres
from launcher.steps import Failed, Steps, run
from launcher.supervisor import Program, Supervisor, push, web, worker

PORT = 8000
READY_SECONDS = 90
DATABASE_LOOK_SECONDS = 5
EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104 -- compared, not bound


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/run", description=texts.line("run_description"))
    parser.add_argument("--port", type=port_number, default=PORT, help=texts.line("run_port"))
    parser.add_argument("--push-port", type=port_number, default=None, help=texts.line("run_push_port"))
    parser.add_argument("--listen", default="127.0.0.1", metavar="ADDRESS", help=texts.line("run_listen"))
    parser.add_argument("--no-demo", action="store_true", help=texts.line("run_no_demo"))
    options = parser.parse_args(given)
    options.push_port = options.push_port or options.port + 1
    return options


def port_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**16 - 1:
        raise ValueError
    return number


# -- before anything is started


def is_loopback(address: str) -> bool:
    try:
        return address == "localhost" or ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_free(address: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


def check_ports(options: argparse.Namespace) -> None:
    for port in (options.port, options.push_port):
        if is_free(options.listen, port):
            continue
        pairs = range(port + 1, port + 200)
        free = next(
            (each for each in pairs if is_free(options.listen, each) and is_free(options.listen, each + 1)), None
        )
        raise Failed("port_taken", port=port, address=options.listen, free=free)


@contextlib.contextmanager
def only_run_here() -> Iterator[None]:
    handle = locks.open_lock(places.VAR / "run.lock")
    try:
        if not locks.try_lock(handle):
            raise Failed("already_running")
        yield
    finally:
        os.close(handle)


def host_names(listen: str) -> list[str]:
    """Under which names browsers may ask for us, unless GONGYING_HOSTS says."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if is_loopback(listen):
        return names
    if listen not in EVERY_ADDRESS:
        return [*names, f"[{listen}]" if ":" in listen else listen]
    own = socket.gethostname()
    with contextlib.suppress(OSError):
        names += {str(info[4][0]) for info in socket.getaddrinfo(own, None, socket.AF_INET)}
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # nothing is sent; the kernel only chooses our outward address
        names.append(str(probe.getsockname()[0]))
    return list(dict.fromkeys([*names, own, socket.getfqdn()]))


# -- what is done once, and again only when its reasons change


def fingerprint(paths: Sequence[Path], *, content: bool) -> str:
    digest = hashlib.sha256(packages.digest("runtime").encode())
    for path in sorted(paths):
        digest.update(str(path.relative_to(places.ROOT)).encode())
        digest.update(path.read_bytes() if content else f"{path.stat().st_mtime_ns} {path.stat().st_size}".encode())
    return digest.hexdigest()


def migrations_fingerprint() -> str:
    own = places.ROOT.glob("gongying/common/management/commands/grant_application_role.py")
    return fingerprint([*places.ROOT.glob("gongying/*/migrations/*.py"), *own], content=True)


def static_fingerprint() -> str:
    files = [path for path in places.ROOT.glob("gongying/*/static/**/*") if path.is_file()]
    return fingerprint(files, content=False) + frontend.stamp()


def is_noted(stamp: Path, value: str) -> bool:
    return stamp.exists() and stamp.read_text() == value


def migrate(stamp: Path | None, env: dict[str, str], progress: Callable[[str], None]) -> None:
    """Bring the database up to date. The embedded one remembers beside its data for which files that was done."""
    wanted = migrations_fingerprint()
    if stamp and is_noted(stamp, wanted):
        return
    for command in (["migrate", "--noinput"], ["grant_application_role"]):
        run(django.command(command), failure="migrate_failed", env=env, cwd=places.ROOT, progress=progress)
    if stamp:
        stamp.write_text(wanted)


def collect_static(env: dict[str, str], progress: Callable[[str], None]) -> None:
    stamp, wanted = places.VAR / "static-stamp.txt", static_fingerprint()
    if is_noted(stamp, wanted) and (places.VAR / "static").is_dir():
        return
    stamp.unlink(missing_ok=True)
    command = ["collectstatic", "--noinput", "--clear", "-v", "1"]
    run(django.command(command), failure="static_failed", env=env, cwd=places.ROOT, progress=progress)
    stamp.write_text(wanted)


def has_demo() -> bool:
    return any(places.ROOT.glob("gongying/*/management/commands/demo.py"))


IS_EMPTY = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("SELECT NOT EXISTS (SELECT FROM accounts_user)").fetchone()[0])
"""


def is_empty(env: dict[str, str]) -> bool:
    """Whether nobody can log in yet: only then is the demo loaded, never into an installation that is in use."""
    answer = subprocess.run([places.PYTHON, "-c", IS_EMPTY], env=env, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise Failed("database_failed", output=answer.stderr)
    return answer.stdout.strip() == "True"


# -- running


def health(options: argparse.Namespace) -> tuple[bool, str]:
    host = "127.0.0.1" if options.listen == "0.0.0.0" else "[::1]" if options.listen == "::" else options.listen  # noqa: S104
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{host}:{options.port}/healthz", timeout=5) as response:
            return True, str(response.read(500), "utf-8")
    except urllib.error.HTTPError as error:
        return False, str(error.read(500), "utf-8", "replace")
    except OSError as error:
        return False, str(error)


def wait_until_healthy(options: argparse.Namespace, supervisor: Supervisor, progress: Callable[[str], None]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while not supervisor.stopping:
        healthy, answer = health(options)
        if healthy:
            return
        if time.monotonic() > deadline:
            raise Failed("not_healthy", output=answer, seconds=READY_SECONDS, logs=places.LOGS)
        supervisor.look()
        progress("")
        time.sleep(0.3)


def programs(options: argparse.Namespace, postgres: Postgres | None) -> list[Program]:
    env = django.environment(as_owner=False, postgres=postgres)
    env.setdefault("GONGYING_HOSTS", ",".join(host_names(options.listen)))
    # A browser keeps cookies by host, not by port: two installations on one machine must not log each other out.
    env.setdefault("GONGYING_SESSION_COOKIE", f"gongying_session_{options.port}")
    # A port alone means the host of the page: the address by which this machine is reached is the browser's to know.
    env.setdefault("GONGYING_PUSH_URL", f":{options.push_port}/push/")
    # These serve people; what only the owner may do is done by bin/manage.
    env.pop("OWNER_DATABASE_URL", None)
    return [web(options.listen, options.port, env), push(options.listen, options.push_port, env), worker(env)]


def shown_host(listen: str) -> str:
    """Return a name under which this machine may be asked; "every address" is none."""
    if listen in {"127.0.0.1", "localhost"}:
        return "localhost"
    if listen in EVERY_ADDRESS:
        return next((name for name in host_names(listen) if not is_loopback(name.strip("[]"))), "localhost")
    return f"[{listen}]" if ":" in listen else listen


def welcome(options: argparse.Namespace, env: dict[str, str]) -> None:
    print()
    texts.say("running", address=f"http://{shown_host(options.listen)}:{options.port}/")
    if not is_loopback(options.listen) and env.get("GONGYING_HTTPS", "").lower() not in {"1", "true", "yes", "on"}:
        texts.complain("no_https", address=options.listen)
    logins = subprocess.run(django.command(["demo", "--logins"]), env=env, capture_output=True, text=True, check=False)
    if logins.returncode == 0 and logins.stdout.strip():
        print(logins.stdout.rstrip(), flush=True)
    texts.say("stop_hint")


class Interrupted(BaseException):
    """Ctrl-C or SIGTERM while something is being set up."""


def interrupt(_number: int, _frame: FrameType | None) -> None:
    raise Interrupted


def set_up(options: argparse.Namespace, steps: Steps, postgres: Postgres | None) -> dict[str, str]:
    with steps.step("packages") as progress:
        packages.require("runtime", progress)
    with steps.step("frontend") as progress:
        frontend.fetch(progress)
    with steps.step("database"):
        if postgres:
            postgres.start()
        else:
            outside.require()
    env = django.environment(as_owner=True, postgres=postgres)
    with steps.step("migrate") as progress:
        catalogues.compile_all()
        migrate(postgres.folder / "migrated.txt" if postgres else None, env, progress)
    with steps.step("static") as progress:
        collect_static(env, progress)
    with steps.step("demo") as progress:
        if not options.no_demo and has_demo() and is_empty(env):
            run(django.command(["demo"]), failure="demo_failed", env=env, cwd=places.ROOT, progress=progress)
    return env


def looking_after(postgres: Postgres | None) -> Callable[[], None]:
    """What has to be done again and again, so that the embedded database runs."""
    next_look = 0.0

    def look() -> None:
        nonlocal next_look
        if postgres and time.monotonic() > next_look:
            if not locks.is_held(postgres.lock("keeper")):
                try:
                    postgres.start()
                except Failed as failure:  # a full disk, say, in which somebody makes room: we go on trying
                    failure.show()
            next_look = time.monotonic() + DATABASE_LOOK_SECONDS

    return look


def serve(options: argparse.Namespace, steps: Steps, postgres: Postgres | None, env: dict[str, str]) -> None:
    supervisor = Supervisor(programs(options, postgres), on_look=looking_after(postgres))
    supervisor.catch_signals()
    try:
        with steps.step("programs") as progress:
            supervisor.start()
            wait_until_healthy(options, supervisor, progress)
        if not supervisor.stopping:
            welcome(options, env)
        supervisor.run()
    finally:
        texts.say("stopping")
        supervisor.stop()


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    postgres = None if django.brings_database() else Postgres()
    steps = Steps(total=7)
    try:
        with only_run_here():
            check_ports(options)
            env = set_up(options, steps, postgres)
            serve(options, steps, postgres, env)
    except Failed as failure:
        failure.show()
        return 1
    except Interrupted:
        texts.complain("interrupted")
        return 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if postgres and postgres.handle is not None and not postgres.stop():
            texts.say("database_in_use")
    texts.say("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
