import argparse
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from gongying.accounts.models import User
from gongying.organization.models import Department, Role
from gongying.organization.operations import employ


class Command(BaseCommand):
    help = "Make an administrator for an installation in which nobody can log in yet; prints her first password."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("login", help="log-in name")
        parser.add_argument("--name", default="", help="name on screen (default: the log-in name)")

    @transaction.atomic
    def handle(self, *_args: Any, login: str, name: str, **_options: Any) -> None:
        if User.objects.filter(username=login).exists():
            raise CommandError(f"There is a log-in {login!r} already.")
        department = Department.objects.order_by("pk").first()
        if department is None:
            raise CommandError("There is no department yet: run bin/manage migrate first.")
        password = secrets.token_urlsafe(12)
        roles = [Role.objects.get(key="administrator")]
        employ(username=login, name=name or login, password=password, department=department, roles=roles, by=None)
        self.stdout.write(f"{login}  {password}  (to be replaced at the first log-in)")
