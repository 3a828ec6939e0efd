"""One kill of each process under load, on an installation of its own; `bin/chaos` does more, and more often."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import call_command

from launcher import places
from launcher.chaos.faults import FAULTS
from launcher.chaos.ledger import Act, Outcome
from launcher.chaos.product import Product
from launcher.chaos.run import Chaos
from launcher.postgres import Postgres
from tests.conftest import PASSWORD, Cast

FIRST_PORT = 8900
KILLED = ("kill-web-worker", "kill-push", "kill-worker", "kill-database")


@pytest.fixture
def postgres(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postgres]:
    monkeypatch.setattr(places, "VAR", tmp_path)
    monkeypatch.setattr(places, "LOGS", tmp_path / "log")
    postgres = Postgres(tmp_path / "postgres")
    postgres.start()
    yield postgres
    assert postgres.stop()


@pytest.mark.django_db(transaction=True)
def test_nothing_acknowledged_is_lost_or_doubled(
    cast: Cast, postgres: Postgres, tmp_path: Path, settings: LazySettings
) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # the product's, not the tests'
    cast.receptionist.set_password(PASSWORD)
    cast.receptionist.save()
    call_command("backup", str(tmp_path / "installation.tar"), verbosity=0)
    product = Product.on_a_free_port(postgres, FIRST_PORT)
    product.manage("restore", str(tmp_path / "installation.tar"))
    chaos = Chaos(product, login=cast.receptionist.username, password=PASSWORD)
    with product.running():
        chaos.run([fault for fault in FAULTS if fault.name in KILLED])

    assert chaos.complaints == [], "\n".join(chaos.summary())
    assert {recovery.fault for recovery in chaos.recoveries} == set(KILLED)
    assert chaos.screen_breaks
    assert {entry.act for entry in chaos.ledger.entries if entry.outcome is Outcome.DONE} == set(Act)
