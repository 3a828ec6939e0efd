"""Two steps of one moment wait for each other; the database lets one go. Whoever took it hears so and sends it again."""

from datetime import date
from functools import partial

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.urls import reverse

from gongying.common.api_frame import problem_of
from gongying.common.constraints import refusing
from gongying.common.errors import Collided, refusal_in
from gongying.customers.models import HeadcountRecord, Party
from gongying.customers.operations import change_headcount
from gongying.events.models import Event
from gongying.organization.models import Territory
from gongying.organization.operations import create_territory
from tests.api.conftest import Caller
from tests.race import in_the_middle, let_go

JUNE, AUGUST = date(2029, 6, 1), date(2029, 8, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def counted(cast):
    return change_headcount(cast.zhou, project=cast.sunshine, heads=120, on=JUNE, by=cast.receptionist)


def heads(cast):
    return {"project": cast.sunshine.pk, "heads": HeadcountRecord.objects.latest("pk").heads + 1, "on": str(AUGUST)}


def test_a_page_says_that_nothing_was_saved_and_the_form_stays(cast, client_of, counted):
    browser = client_of(cast.receptionist)
    page = {"HX-Request": "true", "HX-Target": "form#form-page"}
    before = []

    def save():
        before.append((HeadcountRecord.objects.count(), Event.objects.count()))
        return browser.post(reverse("customers:headcount-create", args=[cast.zhou.pk]), heads(cast), headers=page)

    answer = let_go(save, first=counted, then=cast.zhou)

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#messages")
    assert "请再提交一次" in answer.content.decode()
    assert (HeadcountRecord.objects.count(), Event.objects.count()) == before[-1]
    assert save().status_code == 204


def test_a_program_is_told_that_it_collided_and_may_send_it_with_the_same_key(cast, counted):
    program = Caller(cast.receptionist)

    def save():
        body = {"project_id": cast.sunshine.pk, "heads": heads(cast)["heads"], "on": str(AUGUST)}
        return program.post(f"/parties/{cast.zhou.pk}/headcounts", body, Idempotency_Key=f"heads-{body['heads']}")

    answer = let_go(save, first=counted, then=cast.zhou)

    assert (answer.status_code, answer.json()["type"]) == (409, "urn:gongying:problem:collided")
    assert save().status_code == 201


def test_two_rows_that_exclude_each_other_may_end_as_a_collision(cast):
    def write(starts_on, ends_on):
        days = {"heads": 1, "during": (starts_on, ends_on)}
        return HeadcountRecord.objects.create(party=cast.zhou, project=cast.sunshine, **days)

    def other():
        with transaction.atomic(), refusing({"headcount_no_overlap": "counted already"}):
            write(AUGUST, None)
            write(JUNE, date(2029, 7, 1))

    for _attempt in range(5):
        HeadcountRecord.objects.all().delete()
        try:
            outcome = in_the_middle(partial(write, JUNE, date(2029, 7, 1)), other, partial(write, AUGUST, None))
        except DatabaseError:
            continue
        break

    assert isinstance(outcome, Collided)
    assert HeadcountRecord.objects.count() == 2


def test_who_enters_on_a_page_what_another_enters_at_the_same_moment_is_told_so(cast, client_of):
    browser = client_of(cast.administrator)

    answer = in_the_middle(
        partial(create_territory, name="北区", by=cast.manager),
        partial(
            browser.post, reverse("territories:territory-create"), {"name": "北区"}, headers={"HX-Request": "true"}
        ),
    )

    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#messages")
    assert Territory.objects.filter(name="北区").count() == 1


def test_other_errors_of_the_database_are_our_own(cast):
    def run_out_of_time():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 1")
            cursor.execute("SELECT pg_sleep(1)")

    with pytest.raises(OperationalError) as caught:
        run_out_of_time()

    assert refusal_in(caught.value) is None
    assert problem_of(caught.value).status == 500
    assert Party.objects.exists()
