import argparse
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from psycopg import sql

# The journal is only ever written to: who did what can be neither changed nor removed by the application.
APPEND_ONLY_TABLES = ("events_event", "events_eventsubject")
SCHEMA = sql.Identifier("public")


class Command(BaseCommand):
    help = "Let the role that web, push and worker use read and write rows, and nothing more. Run it after migrate."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        role = os.environ.get("GONGYING_APPLICATION_ROLE", "gongying_app")
        parser.add_argument("--role", default=role, help=f"default {role}; skipped if it does not exist")

    @transaction.atomic
    def handle(self, *_args: Any, role: str, **_options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper, current_user = rolname FROM pg_roles WHERE rolname = %s", [role])
            found = cursor.fetchone()
            if found is None:
                self.stdout.write(f"There is no role {role} here: nothing to grant.")
                return
            is_superuser, is_owner = found
            if is_superuser or is_owner:
                raise CommandError(f"{role} may do everything: the application must use a role of its own.")
            for statement in statements(sql.Identifier(role)):
                cursor.execute(statement.as_string(None))


def statements(role: sql.Identifier) -> list[sql.Composed]:
    grants = [
        "GRANT USAGE ON SCHEMA {schema} TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        "GRANT EXECUTE ON ALL ROUTINES IN SCHEMA {schema} TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {{role}}" for table in APPEND_ONLY_TABLES),
    ]
    return [sql.SQL(grant).format(schema=SCHEMA, role=role) for grant in grants]
