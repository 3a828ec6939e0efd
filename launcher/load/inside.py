"""Goes on in our Python environment: a copy of the made-up volume, the product over it, the load, the table."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from typing import Any

from launcher import django, places, texts
from launcher.chaos.product import Product
from launcher.load.days import Colleague, Household
from launcher.load.gauge import Gauge, postmaster_of
from launcher.load.mixed import Mixed
from launcher.steps import Failed

FIRST_PORT = 9300


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench --mixed", description=texts.line("mixed_description"))
    parser.add_argument("--minutes", type=float, default=3, help=texts.line("mixed_minutes"))
    parser.add_argument("--agents", type=int, default=50, help=texts.line("mixed_agents"))
    parser.add_argument("--per-second", type=float, default=150, help=texts.line("mixed_per_second"))
    parser.add_argument("--size", type=int, default=100_000, help=texts.line("mixed_size"))
    return parser.parse_args(given)


def manage(*given: str) -> str:
    answer = subprocess.run(django.command(["colleagues", *given]), stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        raise Failed("mixed_failed")
    return answer.stdout


@contextlib.contextmanager
def colleagues_in_a_copy(*, size: int, number: int) -> Iterator[dict[str, Any]]:
    found: dict[str, Any] = json.loads(manage("--size", str(size), "--number", str(number)))
    try:
        yield found
    finally:
        manage("--drop", found["database"])


def colleague(given: dict[str, Any]) -> Colleague:
    return Colleague(**given | {"households": [Household(*each) for each in given["households"]]})


def product_over(address: str, **settings: str) -> Product:
    """Web, push and worker over the database at this address, in the role that made the copy."""
    given = {"DATABASE_URL": address, "GONGYING_SLOW_QUERY_MS": "2000", **settings}
    return Product.on_a_free_port(None, FIRST_PORT, given)


def mixed_load(product: Product, people: Sequence[Colleague], *, seconds: float, per_second: float) -> Mixed:
    """All those people at once, with the product running."""
    address = product.settings["DATABASE_URL"]
    mixed = Mixed(product, address, people, per_second, Gauge(product, postmaster_of(address)))
    mixed.run(seconds)
    return mixed


def main(given: Sequence[str]) -> int:
    options = arguments(given)
    parts = urllib.parse.urlsplit(os.environ["DATABASE_URL"])
    try:
        with colleagues_in_a_copy(size=options.size, number=options.agents) as found:
            address = urllib.parse.urlunsplit(parts._replace(path=f"/{found['database']}"))
            people = [colleague(each) for each in found["colleagues"]]
            texts.say("mixed_begins", agents=len(people), minutes=options.minutes, size=f"{options.size:,}")
            product = product_over(address)
            with product.running():
                mixed = mixed_load(product, people, seconds=options.minutes * 60, per_second=options.per_second)
    except Failed as failure:
        failure.show()
        return 1
    print(*mixed.summary(), sep="\n", flush=True)
    folder = places.VAR / "bench" / "mixed"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / time.strftime("%Y%m%d-%H%M%S.json")
    path.write_text(json.dumps(mixed.as_json() | {"size": options.size}, indent=1, ensure_ascii=False), "utf-8")
    print(f"  {path}")
    return 0 if mixed.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
