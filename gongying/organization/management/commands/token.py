import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gongying.accounts.backends import typed_phone
from gongying.accounts.models import ApiToken, User
from gongying.common.errors import Refused
from gongying.organization.operations import issue_token


class Command(BaseCommand):
    help = "Print an API token for a staff member (log-in name or phone). It is shown once and stored nowhere."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", help="log-in name or phone")
        parser.add_argument("--days", type=int, default=90, help="how long it lives (default: 90)")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default="write", help="default: write")
        parser.add_argument("--label", default="command line", help="what it is for")

    def handle(self, *_args: Any, name: str, days: int, scope: str, label: str, **_options: Any) -> None:
        user = User.objects.filter(username=name).first() or User.objects.filter(phone=typed_phone(name) or "-").first()
        if user is None:
            raise CommandError(f"There is no log-in {name!r}.")
        try:
            _token, secret = issue_token(user, name=label, scopes=[scope], days=days, by=None)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(secret)
