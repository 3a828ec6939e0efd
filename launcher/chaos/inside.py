"""An installation in a folder of its own, with the demo; the run; what came of it. Ends with 1 if anything is wrong."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
from collections.abc import Sequence

from launcher import django, places, run, texts
from launcher.chaos import clocks
from launcher.chaos.clocks import Clocks
from launcher.chaos.faults import FAULTS
from launcher.chaos.product import Product
from launcher.chaos.run import Chaos
from launcher.postgres import Postgres
from launcher.steps import Failed, Steps
from launcher.steps import run as run_step

LOGIN = "xiaozhao"
FIRST_PORT = 8400


def arguments(given: Sequence[str]) -> argparse.Namespace:
    names = [fault.name for fault in FAULTS]
    parser = argparse.ArgumentParser(prog="bin/chaos", description=texts.line("chaos_description"))
    parser.add_argument("--rounds", type=int, default=3, help=texts.line("chaos_rounds"))
    parser.add_argument(
        "faults",
        nargs="*",
        metavar="FAULT",
        choices=[*names, []],
        help=texts.line("chaos_faults", names=", ".join(names)),
    )
    return parser.parse_args(given)


def set_up(postgres: Postgres) -> None:
    steps = Steps(total=3)
    with steps.step("database"):
        postgres.start()
    env = django.environment(as_owner=True, postgres=postgres)
    with steps.step("migrate") as progress:
        run.migrate(None, env, progress)
    with steps.step("demo") as progress:
        run_step(django.command(["demo"]), failure="demo_failed", env=env, cwd=places.ROOT, progress=progress)


def password_of(login: str, product: Product) -> str:
    found = re.search(rf"^\s*{login}\s+(\S+)", product.manage("demo", "--logins"), re.MULTILINE)
    return found[1] if found else ""


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    faults = [fault for fault in FAULTS if not options.faults or fault.name in options.faults]
    possible = [fault for fault in faults if fault.is_possible()]
    for needed in dict.fromkeys(fault.needs for fault in faults if fault not in possible):
        texts.say(needed)
    moved = Clocks.made_in(places.VAR / "clocks") if clocks.can_be_moved() else None
    # Of whoever starts the server, again and again: only what we start sees it.
    os.environ.update(moved.database.env if moved else {})
    postgres = Postgres()
    try:
        set_up(postgres)
        product = Product.on_a_free_port(postgres, FIRST_PORT, clocks=moved)
        texts.say("chaos_programs")
        with product.running():
            chaos = Chaos(product, login=LOGIN, password=password_of(LOGIN, product))
            chaos.run(possible, rounds=options.rounds)
        print(*chaos.summary(), sep="\n", flush=True)
    except Failed as failure:
        failure.show()
        return 1
    finally:
        postgres.stop()
        if not places.VAR.is_mount():
            shutil.rmtree(places.VAR, ignore_errors=True)
    return 1 if chaos.complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
