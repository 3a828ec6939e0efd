import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongying.accounts.models import ApiToken, User
from gongying.common.errors import Refused
from gongying.common.phones import typed_phone
from gongying.organization.operations import issue_token


class Command(BaseCommand):
    help = "Print an API token for a staff member. It is shown once and stored nowhere."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="log-in name, phone, or name (if only one colleague has it)")
        parser.add_argument("--days", type=int, default=90, help="how long it lives (default: 90)")
        parser.add_argument("--scope", choices=ApiToken.TokenScope.values, default="write", help="default: write")
        parser.add_argument("--label", default="command line", help="what it is for")

    def handle(self, *_args: Any, name: str, days: int, scope: str, label: str, **_options: Any) -> None:
        user = _find(name)
        try:
            _token, secret = issue_token(user, name=label, scopes=[scope], days=days, by=None)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(secret)


def _find(name: str) -> User:
    for lookup in ({"username": name}, {"phone": typed_phone(name) or "-"}, {"name": name}):
        found = User.objects.filter(**lookup)[:2]
        if len(found) == 1:
            return found[0]
        if found:
            raise CommandError(f"Several colleagues are called {name!r}: give the log-in name.")
    raise CommandError(f"There is no log-in {name!r}.")
