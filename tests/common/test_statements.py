"""A statement that is put together once gives what Django would give each time."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Length
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from gongying.accounts.models import ApiToken, User, digest_of
from gongying.authority.models import AuthorityUse
from gongying.common.statements import Statement, values_of
from gongying.events.models import Event
from gongying.events.operations import record_event

pytestmark = pytest.mark.django_db


def tokens(digest: str, at: Any) -> Any:
    return ApiToken.objects.live(at=at).select_related("user").annotate(whose=F("user__name")).filter(digest=digest)


def test_it_gives_the_rows_with_what_belongs_to_them(cast, django_assert_num_queries):
    now = timezone.now()
    for number in range(2):
        ApiToken.objects.create(
            user=cast.steward,
            name=f"n{number}",
            digest=digest_of(str(number)),
            scopes=["read"],
            expires_at=now + timedelta(days=number),
        )
    statement: Any = Statement(tokens, digest=str, at=type(now))
    for digest, at in (
        (digest_of("0"), now),
        (digest_of("1"), now),
        (digest_of("1"), now + timedelta(days=2)),
        ("", now),
    ):
        with django_assert_num_queries(1):
            found = [(row, row.user, row.whose, row.scopes) for row in statement.rows(digest=digest, at=at)]
        assert found == [(row, row.user, row.whose, row.scopes) for row in tokens(digest, at)]


def test_values_are_those_that_django_gives(cast):
    def people() -> Any:
        rows = User.objects.annotate(staff_no=F("staff__employee_no")).filter(pk__lt=cast.guard.pk).order_by("-pk")[:5]
        return rows.values("pk", "name", "date_joined", shown=F("staff__department__name"), no=F("staff_no"))

    expected = list(people())
    assert expected
    for _time in range(2):
        assert values_of(cast.steward, "people", people) == expected
    assert values_of(cast.steward, "nobody", lambda: User.objects.none().values("pk")) == []


def test_a_row_is_as_django_makes_it(cast):
    rows = User.objects.defer("email").order_by("pk")
    statement: Any = Statement(lambda name: rows.exclude(username=name), name=str)
    for ours, theirs in zip(statement.rows(name=""), rows.all(), strict=True):
        assert (ours.__dict__ | {"_state": 0}, ours.get_deferred_fields()) == (
            theirs.__dict__ | {"_state": 0},
            {"email"},
        )
        assert (ours._state.db, ours._state.adding) == (theirs._state.db, theirs._state.adding)
        assert ours.email == theirs.email
        ours.name = f"{ours.name}!"
        ours.save()
        assert User.objects.get(pk=ours.pk).name == ours.name


def test_it_gives_the_first_ones(cast, django_assert_num_queries):
    rows = User.objects.order_by("-pk")
    statement: Any = Statement(lambda name: rows.exclude(username=name), name=str)
    with django_assert_num_queries(1) as asked:
        found = statement.rows(most=2, name="")
    assert found == list(rows[:2])
    assert asked.captured_queries[0]["sql"].endswith(" LIMIT 2")


def test_it_reads_along_what_is_prefetched(cast):
    statement: Any = Statement(lambda name: User.objects.filter(username=name).prefetch_related("api_tokens"), name=str)
    (found,) = statement.rows(name=cast.steward.username)
    assert found._prefetched_objects_cache["api_tokens"]._result_cache == []


def test_it_counts_its_rows(cast, django_assert_num_queries):
    statement: Any = Statement(
        lambda pk, name: User.objects.filter(pk__gte=pk).exclude(username=name), pk=int, name=str
    )
    name = cast.steward.username
    with django_assert_num_queries(1):
        found = statement.number(pk=cast.steward.pk, name=name)
    assert found == len(statement.rows(pk=cast.steward.pk, name=name)) > 0
    nobody: Any = Statement(lambda pk: User.objects.filter(pk=pk, pk__in=[]), pk=int)
    assert nobody.number(pk=1) == 0


def test_a_number_in_a_wide_column_is_found_again(cast):
    statement: Any = Statement(lambda pk: AuthorityUse.objects.filter(about_id=pk), pk=int)
    assert statement.rows(pk=7) == []


def test_a_value_that_is_no_whole_parameter_is_refused(cast):
    statement: Any = Statement(lambda name: User.objects.filter(username__contains=name), name=str)
    with pytest.raises(AssertionError, match="whole parameter"):
        statement.rows(name="x")


def test_where_no_row_can_be_there_is_none(cast, django_assert_num_queries):
    statement: Any = Statement(lambda name: User.objects.filter(username=name, pk__in=[]), name=str)
    with django_assert_num_queries(0):
        assert statement.rows(name=cast.steward.username) == []
        with pytest.raises(User.DoesNotExist):
            statement.one(name=cast.steward.username)


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused(cast):
    statement: Any = Statement(lambda name: User.objects.select_for_update().filter(username=name), name=str)
    with transaction.atomic():
        assert statement.one(name=cast.steward.username) == cast.steward
    with pytest.raises(TransactionManagementError):
        statement.one(name=cast.steward.username)


@pytest.mark.django_db(transaction=True)
def test_what_a_connection_has_planned_gives_the_same(cast, django_assert_num_queries):
    now = timezone.now()
    ApiToken.objects.create(
        user=cast.steward, name="n", digest="d", scopes=["read"], expires_at=now + timedelta(days=1)
    )
    statement: Any = Statement(tokens, "token", digest=str, at=type(now))
    asked = [("d", now), ("d", now + timedelta(days=2)), ("it's", now)] * 3
    for digest, at in asked:
        with django_assert_num_queries(1) as seen:
            found = statement.rows(digest=digest, at=at)
        assert found == list(tokens(digest, at))
        assert seen.captured_queries[0]["sql"].startswith("EXECUTE token_")
    with transaction.atomic():
        statement.rows(digest="d", at=now)
        transaction.set_rollback(True)
    assert statement.rows(digest="", at=now) == []
    connection.close()  # the next one knows nothing
    assert [row.user for row in statement.rows(digest="d", at=now)] == [cast.steward]


def test_values_that_never_differ_stand_in_the_plan(cast):
    def some(name: str) -> Any:
        return User.objects.filter(username__in=[cast.steward.username, "it's", name], name__contains="%")

    User.objects.filter(pk=cast.steward.pk).update(name="100 %")
    statement: Any = Statement(some, "some", name=str)
    assert statement.rows(name="") == list(some("")) == [cast.steward]


def test_columns_are_as_django_reads_them(cast, django_assert_num_queries):
    ApiToken.objects.create(user=cast.steward, name="n", digest="d", scopes=["read"], expires_at=timezone.now())

    def columns(name: str) -> Any:
        rows = ApiToken.objects.filter(user__username=name)
        return rows.values("pk", "scopes", "expires_at", whose=F("user__name"), length=Length("name"))[:5]

    statement: Any = Statement(columns, name=str)
    with django_assert_num_queries(1):
        found = statement.rows(name=cast.steward.username)
    assert found == list(columns(cast.steward.username))
    assert list(found[0]) == ["pk", "scopes", "expires_at", "whose", "length"]
    kinds: Any = Statement(lambda key: Event.objects.filter(verb=key).values("details"), key=str)
    record_event("made.up", by=None, subjects=[cast.unit], word="it's")
    assert kinds.rows(key="made.up") == [{"details": {"word": "it's"}}]
