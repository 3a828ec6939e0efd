from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from gongying.accounts.models import User

pytestmark = pytest.mark.django_db

ROLE = "gongying_app_of_tests"


@pytest.fixture
def role() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE}")
        call_command("grant_application_role", role=ROLE)
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield ROLE
        cursor.execute("RESET ROLE")


def refused(statement: str) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@pytest.mark.usefixtures("role")
def test_application_reads_and_writes_rows() -> None:
    user = User.objects.create(username="wang")
    user.username = "chen"
    user.save()

    assert User.objects.get(pk=user.pk).username == "chen"
    user.delete()


@pytest.mark.usefixtures("role")
@pytest.mark.parametrize(
    "statement",
    [
        "TRUNCATE events_event CASCADE",
        "UPDATE events_event SET verb = 'other'",
        "DELETE FROM events_event",
        "DELETE FROM events_eventsubject",
        "DELETE FROM django_migrations",
        "ALTER TABLE events_event DISABLE TRIGGER ALL",
        "DROP TABLE accounts_user CASCADE",
        "CREATE TABLE mine (id int)",
        "SET session_replication_role = replica",
    ],
)
def test_application_cannot_get_around_the_rules(statement: str) -> None:
    assert refused(statement)


def test_granting_to_a_superuser_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} SUPERUSER")

    with pytest.raises(CommandError, match="role of its own"):
        call_command("grant_application_role", role=ROLE)


def test_missing_role_is_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("grant_application_role", role="nobody_here")

    assert "nothing to grant" in capsys.readouterr().out
