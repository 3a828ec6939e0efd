"""Who is told of what: once, in words, and only what she may see."""

from datetime import UTC, datetime, time

import pytest
from django.db import transaction

from gongying.events.operations import record_event
from gongying.notifications.models import Digest, Notification
from gongying.notifications.operations import choose_digest, notify, notify_all, read_all, send_digests
from gongying.notifications.presentation import notices_of
from gongying.organization.models import TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import (
    accept_request,
    assign_work,
    chase_request,
    decline_work,
    reassign_work,
    register_request,
    transfer_request,
)
from tests.race import race

MORNING = datetime(2026, 11, 23, 8, 1, tzinfo=UTC)


@pytest.fixture
def repair(cast):
    return register_request(
        by=cast.receptionist,
        kind="repair",
        text="厨房水龙头漏水",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
        category=ServiceCategory.objects.get(code="home-plumbing-tap"),
    )


@pytest.fixture
def job(repair, cast):
    accept_request(repair, by=cast.supervisor)
    return repair.work_orders.get()


def told(user):
    return list(Notification.objects.visible_to(user).order_by("id").values_list("event__verb", flat=True))


def words(user):
    rows = Notification.objects.visible_to(user).select_related("event").order_by("id")
    return [notice.one_line for notice in notices_of(rows, user=user)]


def test_who_is_given_a_job_is_told_and_who_gave_it_is_not(job, cast):
    assign_work(job, by=cast.supervisor, doer=cast.worker)

    assert told(cast.worker) == ["work.assigned"]
    assert "work.assigned" not in told(cast.supervisor)
    assert words(cast.worker)[0].count(str(job)) == 1


@pytest.mark.requirement("R-187")
def test_both_workers_hear_of_a_job_that_changes_hands(job, cast):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="超负荷", trade_reason="会修水管")

    assert told(cast.worker) == ["work.assigned", "work.reassigned"]
    assert told(cast.second_worker) == ["work.reassigned"]
    assert "超负荷" in words(cast.second_worker)[0]


def test_who_answers_for_a_request_hears_that_a_job_came_back_and_that_the_customer_asked(job, repair, cast):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    decline_work(job, by=cast.worker, reason="没有配件")
    chase_request(repair, by=cast.receptionist, channel="phone")
    repair.refresh_from_db()

    assert told(repair.owner)[-2:] == ["work.declined", "request.chased"]


def test_who_takes_a_request_over_is_told_with_the_reason(repair, cast):
    before = repair.owner
    to = cast.receptionist if before != cast.receptionist else cast.steward
    transfer_request(repair, by=before, to=to, reason="other", note="她更熟悉这户")

    assert "request.transferred" in told(to)
    assert "她更熟悉这户" in words(to)[-1]


def test_nobody_is_told_twice_of_one_event(cast):
    event = record_event("digest.made", by=None, subjects=[])

    notify(event, to=[cast.worker, cast.worker, None])
    notify_all([(event.pk, cast.worker.pk, None), (event.pk, cast.guard.pk, None)])

    assert told(cast.worker) == told(cast.guard) == ["digest.made"]


def test_who_left_is_not_told(cast):
    cast.worker.is_active = False
    notify(record_event("digest.made", by=None, subjects=[]), to=[cast.worker])

    assert told(cast.worker) == []


def test_of_what_one_may_see_no_more_only_the_bare_fact_remains(job, cast):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    reassign_work(job, by=cast.supervisor, doer=cast.second_worker, reason="客户指定老刘", trade_reason="会修水管")
    TerritoryAssignment.objects.filter(staff__user=cast.worker).delete()

    (first, *_others) = notices_of(
        Notification.objects.visible_to(cast.worker).select_related("event"), user=cast.worker
    )

    assert first.is_hidden
    assert not first.url
    assert "客户指定老刘" not in " ".join(words(cast.worker))


def test_the_page_opens_what_it_is_about_and_counts_it_as_read(job, cast, client):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    client.force_login(cast.worker)
    mine = Notification.objects.get(user=cast.worker)

    assert 'class="bell-count">1<' in client.get("/notifications/bell/").content.decode()
    assert client.get(f"/notifications/{mine.pk}/").url == f"/jobs/{job.pk}/"
    assert "bell-count" not in client.get("/notifications/bell/").content.decode()
    assert str(job) in client.get("/notifications/").content.decode()


def test_another_s_notification_does_not_exist(job, cast, client):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    client.force_login(cast.second_worker)

    assert client.get(f"/notifications/{Notification.objects.get(user=cast.worker).pk}/").status_code == 404


def test_marking_all_as_read_leaves_what_came_after_the_look(cast, client):
    for _ in range(2):
        notify(record_event("digest.made", by=None, subjects=[]), to=[cast.guard])
    first, second = Notification.objects.filter(user=cast.guard).order_by("id")

    assert read_all(by=cast.guard, up_to=first.pk) == 1
    second.refresh_from_db()
    assert second.is_unread


def test_the_summary_of_the_day_counts_what_waits_once_a_day(repair, cast):
    choose_digest(by=repair.owner, at=time(8))
    Notification.objects.all().delete()

    sent = send_digests(at=MORNING)

    assert sent >= 1
    assert send_digests(at=MORNING) == 0
    assert told(repair.owner) == ["digest.made"]
    assert words(repair.owner)[0].endswith("1")


def test_no_summary_before_its_time_none_for_who_wants_none_and_none_of_nothing(repair, cast):
    choose_digest(by=repair.owner, at=None)
    Notification.objects.all().delete()
    send_digests(at=MORNING.replace(hour=7))
    send_digests(at=MORNING)

    assert told(repair.owner) == []
    assert told(cast.guard) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_summary_once(cast):
    notify(record_event("digest.made", by=None, subjects=[]), to=[cast.guard])
    with transaction.atomic():
        Digest.objects.all().delete()

    race(lambda: send_digests(at=MORNING), lambda: send_digests(at=MORNING))

    assert told(cast.guard) == ["digest.made"] * 2  # the one above and the summary


def test_a_time_that_is_none_comes_back_with_the_field_named(cast, client):
    client.force_login(cast.guard)
    answer = client.post("/notifications/digest/", {"at": "25:99"})

    assert answer.status_code == 422
    assert "有效的时间" in answer.content.decode()


def test_the_api_lists_reads_and_sets_the_summary(job, cast, client):
    assign_work(job, by=cast.supervisor, doer=cast.worker)
    client.force_login(cast.worker)
    (row,) = client.get("/api/v1/notifications?unread=true").json()["items"]

    assert (row["about_kind"], row["about_id"], row["read_at"]) == ("workorder", job.pk, None)
    assert client.post(f"/api/v1/notifications/{row['id']}/read").json()["read_at"]
    assert client.get("/api/v1/notifications?unread=true").json()["items"] == []
    assert client.put("/api/v1/notifications/digest", {"at": "07:30"}, content_type="application/json").json() == {
        "at": "07:30"
    }
    for odd in ("07:30+08:00", "7:30", "24:00", "07:30:15", 27000):
        answer = client.put("/api/v1/notifications/digest", {"at": odd}, content_type="application/json")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "at")
