from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone, translation

from gongying.accounts.models import User
from gongying.authority.models import AuthorityGrant
from gongying.authority.operations import give_authority
from gongying.organization.models import Post, Role
from tests.conftest import Cast

# The request that everything here is about.
from tests.servicedesk.conftest import category, register  # noqa: F401


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def desk_post(cast: Cast) -> Post:
    """客服前台, the post of 小赵."""
    staff = cast.receptionist.staff
    duties = dict.fromkeys(("communication_duty", "feedback_duty", "complaint_duty"), "写明")
    role = Role.objects.get(key="receptionist")
    post = Post.objects.create(name="客服前台", department=staff.department, role=role, **duties)
    staff.post = post
    staff.save()
    return post


@pytest.fixture
def give(cast: Cast, desk_post: Post) -> Callable[..., AuthorityGrant]:
    """200 a case for goodwill, to the front desk, unless the test says otherwise."""

    def give(**given: Any) -> AuthorityGrant:
        facts = {"subject": "goodwill", "per": "case", "by": cast.manager}
        holder = {} if "staff" in given else {"post": desk_post}
        given["limit_amount"] = Decimal(given.get("limit_amount", 200))
        return give_authority(**{"starts_on": timezone.localdate(), **facts, **holder, **given})

    return give


@pytest.fixture
def client_of(client_of: Callable[[User], Client]) -> Callable[[User], Client]:
    """A browser that shows pages in the language of the code."""

    def log_in(user: User) -> Client:
        client = client_of(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        return client

    return log_in


@pytest.fixture
def her_limit(cast: Cast) -> AuthorityGrant:
    """李主管 may decide about 400 a case for goodwill herself, and so agree to as much."""
    limit = {"subject": "goodwill", "limit_amount": Decimal(400), "per": "case"}
    return give_authority(staff=cast.supervisor.staff, starts_on=date(2026, 1, 1), by=cast.manager, **limit)
