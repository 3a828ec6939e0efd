from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused, Stale
from gongying.customers.operations import create_party
from gongying.improvements.operations import finish_item
from gongying.interactions.models import ContactPlan, Interaction
from gongying.interactions.operations import log_interaction, make_promise, mark_repeat, save_plan
from gongying.joint_reviews.figures import earlier_decisions, figures_of, waiting_in
from gongying.joint_reviews.models import DecisionEffect, JointReview
from gongying.joint_reviews.operations import change_review, close_review, decide, judge_effect, plan_review
from gongying.notifications.models import Notification
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from gongying.workbench.home import look_at, sections_of


def review_of(cast, *, days=30, until=0, colleagues=(), **more):
    today = timezone.localdate()
    facts = {"leader": cast.supervisor, "counterpart": "", "every_months": 1, **more}
    first, last = today - timedelta(days=days), today - timedelta(days=until)
    review = JointReview(project=cast.sunshine, first_day=first, last_day=last, due_on=last, **facts)
    return plan_review(review, by=cast.manager, colleagues=colleagues)


def touch(cast, party, *, days=2, **more):
    at = timezone.now() - timedelta(days=days)
    facts = {"channel": "phone", "text": "电梯", "occurred_at": at, "late_reason": "补录", **more}
    return log_interaction(by=cast.receptionist, project=cast.sunshine, party=party, **facts)


@pytest.fixture
def office(cast):
    return create_party(by=cast.manager, name="住建局", project=cast.sunshine, role="government", kind="agency")


@pytest.mark.requirement("R-139")
def test_the_figures_are_those_of_the_days_and_of_the_counterpart(cast, office):
    first = touch(cast, cast.zhou, days=5, answer="explained")
    mark_repeat(touch(cast, cast.zhou, days=3, answer="explained"), of=first, by=cast.receptionist)
    waiting = touch(cast, cast.zhou, days=2)
    touch(cast, cast.zhou, days=40)  # before the period
    touch(cast, office, days=2)
    late = timezone.now() - timedelta(days=1)
    with clock_at(timezone.now() - timedelta(days=2)):
        make_promise(waiting, text="答复漏水原因", due_at=late, owner=cast.steward, by=cast.receptionist)
    today = timezone.localdate()
    plan = {"kind": "government", "every_months": 1, "owner": cast.supervisor, "starts_on": today - timedelta(days=9)}
    save_plan(ContactPlan(project=cast.sunshine, **plan), by=cast.manager)
    category = ServiceCategory.objects.get(code="service-attitude-worker")
    facts = {"kind": "complaint", "category": category, "text": "态度差", "channel": "phone"}
    case = register_request(by=cast.receptionist, unit=cast.unit, party=cast.zhou, **facts)

    owners, offices = review_of(cast, counterpart="owner"), review_of(cast, counterpart="government")

    none = dict.fromkeys(figures_of(owners), 0)
    of_the_case = int(case.interaction_id is not None)
    assert figures_of(owners) == {
        **none,
        "contacts": 3 + of_the_case,
        "unanswered": 1,
        "repeats": 1,
        "promises_broken": 1,
        "complaints": 1,
        "complaints_open": 1,
    }
    assert figures_of(offices) == {**none, "contacts": 1, "unanswered": 1, "plans_kept": 1}
    lines = {
        str(group.label): [words for words, _url, _day in group.rows] for group in waiting_in(owners, user=cast.manager)
    }
    assert [len(rows) for rows in lines.values()] == [1, 1, 1]
    # Who serves another part of the project is shown no names of this one.
    assert waiting_in(owners, user=cast.west_steward) == []


@pytest.mark.requirement("R-139", "R-141")
def test_a_decision_is_an_item_and_the_next_review_shows_its_figure_before_and_after(cast):
    today = timezone.localdate()
    first = review_of(cast, days=60, until=31)
    touch(cast, cast.zhou, days=40)
    touch(cast, cast.zhou, days=41)
    due_on = today + timedelta(days=5)
    facts = {"finding": "无人回信", "title": "每周一清箱", "owner": cast.steward, "due_on": due_on}
    decision = decide(first, by=cast.supervisor, figure="unanswered", **facts)
    assert (decision.item.owner, decision.item.root_cause, decision.item.state) == (cast.steward, "无人回信", "open")
    with pytest.raises(Refused):  # not by the review that decided it
        judge_effect(decision, review=first, has_helped=True, by=cast.supervisor)

    close_review(first, summary="见决议", by=cast.supervisor)

    following = JointReview.objects.open().get()
    assert (following.first_day, following.leader) == (first.last_day + timedelta(days=1), cast.supervisor)
    touch(cast, cast.zhou, days=10)
    finish_item(decision.item, by=cast.steward, effect="每周一清箱两人在场")
    [seen] = earlier_decisions(following)
    assert (seen.before, seen.after, seen.seems_to_help) == (2, 1, True)

    judge_effect(decision, review=following, has_helped=True, by=cast.supervisor)
    with pytest.raises(Refused):
        judge_effect(decision, review=following, has_helped=False, by=cast.supervisor)
    touch(cast, cast.zhou, days=11)
    [kept] = earlier_decisions(JointReview.objects.get(pk=following.pk))
    assert (kept.before, kept.after, DecisionEffect.objects.get().has_helped) == (2, 1, True)


def test_closed_minutes_and_figures_stay_whoever_writes(cast):
    review = review_of(cast, every_months=0)
    touch(cast, cast.zhou)
    with pytest.raises(Refused):
        close_review(review, summary="  ", by=cast.supervisor)
    with pytest.raises(Stale):
        close_review(review, summary="无", by=cast.supervisor, seen=review.version + 1)
    close_review(review, summary="本月沟通平稳", by=cast.supervisor, others="业委会主任")

    touch(cast, cast.zhou)
    review = JointReview.objects.get()  # once: no next one is opened
    assert figures_of(review)["contacts"] == 1
    with pytest.raises(Refused):
        close_review(review, summary="另一份", by=cast.supervisor)
    with pytest.raises(Refused):
        change_review(review, by=cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        JointReview.objects.update(summary="改写")


def test_days_that_are_not_over_are_not_closed_and_one_review_is_open_at_a_time(cast):
    review = review_of(cast, until=-3)
    with pytest.raises(Refused):
        close_review(review, summary="早了", by=cast.supervisor)
    with pytest.raises(Refused):
        review_of(cast)


def test_who_sits_in_it_sees_it_and_is_told_and_nobody_else(cast, client_of):
    review = review_of(cast, colleagues=[cast.steward])
    address = reverse("joint_reviews:review-show", args=[review.pk])

    assert {row.user for row in Notification.objects.filter(about_kind="jointreview")} == {
        cast.supervisor,
        cast.steward,
    }
    seen = {name: client_of(user).get(address).status_code for name, user in cast.everybody().items()}
    allowed = {"supervisor", "steward", "manager", "quality"}
    assert {name for name, status in seen.items() if status == 200} == allowed
    assert {status for name, status in seen.items() if name not in allowed} == {404}
    # A member sees the page; only who leads it, or has the permission, writes.
    assert client_of(cast.steward).get(reverse("joint_reviews:decision-new", args=[review.pk])).status_code == 403
    titles = [section.name for section in sections_of(look_at(cast.steward))]
    assert "joint-reviews" in titles


def test_a_review_is_held_on_its_pages(cast, client_of):
    client, today = client_of(cast.supervisor), timezone.localdate()
    staff = cast.supervisor.staff.pk
    days = {"first_day": today - timedelta(days=30), "last_day": today, "due_on": today, "every_months": 1}
    facts = {"project": cast.sunshine.pk, "counterpart": "committee", "leader": staff, **days}
    backwards = client.post(reverse("joint_reviews:review-new"), {**facts, "last_day": today - timedelta(days=31)})
    assert backwards.status_code == 422
    assert client.post(reverse("joint_reviews:review-new"), facts).status_code == 302
    review = JointReview.objects.get()

    # Who serves a part of the project may be in charge of what concerns all of it.
    steward = cast.steward.staff.pk
    said = {"finding": "无记录", "title": "会后当日归档", "owner": steward, "due_on": today, "figure": "contacts"}
    assert client.post(reverse("joint_reviews:decision-new", args=[review.pk]), said).status_code == 302
    closing = {"version": review.version, "summary": "已逐项核对", "others": "李主任"}
    assert client.post(reverse("joint_reviews:review-close", args=[review.pk]), closing).status_code == 302

    following = JointReview.objects.open().get()
    for name, pk in (("review-show", review.pk), ("review-paper", review.pk), ("review-show", following.pk)):
        page = client.get(reverse(f"joint_reviews:{name}", args=[pk])).content.decode()
        assert "会后当日归档" in page
    assert "已逐项核对" in client.get(reverse("joint_reviews:review-paper", args=[review.pk])).content.decode()
    beside = reverse("joint_reviews:improvement-review", args=[review.decisions.get().item_id])
    assert reverse("joint_reviews:review-show", args=[review.pk]) in client.get(beside).content.decode()


def test_machines_hold_reviews_too(cast, client_of):
    client, today = client_of(cast.supervisor), timezone.localdate()
    staff = cast.supervisor.staff.pk
    body = {"project_id": cast.sunshine.pk, "leader_staff_id": staff, "first_day": f"{today - timedelta(days=9)}"}
    body |= {"last_day": f"{today}", "due_on": f"{today}"}
    touch(cast, cast.zhou)
    made = client.post("/api/v1/joint-reviews", body, content_type="application/json").json()
    address = f"/api/v1/joint-reviews/{made['id']}"
    assert client.get(address).json()["figures"]["contacts"] == Interaction.objects.count()
    said = {"finding": "无人回信", "title": "清箱", "staff_id": staff, "due_on": f"{today}"}
    assert client.post(f"{address}/decisions", said, content_type="application/json").status_code == 201
    closed = client.post(f"{address}/minutes", {"version": 1, "summary": "好"}, content_type="application/json")
    assert (closed.status_code, bool(closed.json()["closed_at"])) == (200, True)
    assert [row["title"] for row in client.get("/api/v1/improvement-items").json()["items"]] == ["清箱"]
