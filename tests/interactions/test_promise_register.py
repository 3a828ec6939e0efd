"""The register of promises, how well they are kept, and the sweep that notices broken ones."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.events.models import Event, EventSubject
from gongying.interactions.models import Promise, PromiseBroken
from gongying.interactions.operations import keep_promise, log_interaction, make_promise, notice_broken_promises
from gongying.notifications.models import Notification
from tests.race import race

HOUR = timedelta(hours=1)
INDEX = reverse("interactions:promise-index")


def a_promise(cast, *, due=HOUR, owner=None, unit=None, text="回电"):
    """Due so long from now; in the past it is moved there after it was given."""
    unit = unit or cast.unit
    touch = log_interaction(by=cast.receptionist, project=unit.project, unit=unit, channel="phone", text="问停车费")
    promise = make_promise(touch, by=cast.receptionist, text=text, due_at=timezone.now() + HOUR, owner=owner)
    Promise.objects.filter(pk=promise.pk).update(due_at=timezone.now() + due)
    return promise


def four_outcomes(cast):
    a_promise(cast, text="未到期")
    a_promise(cast, due=-HOUR, text="超时", owner=cast.steward)
    keep_promise(a_promise(cast, text="按时"), by=cast.receptionist, words="说了")
    keep_promise(a_promise(cast, due=-HOUR, text="迟了", owner=cast.steward), by=cast.steward, words="说了")


@pytest.mark.requirement("R-157")
def test_a_promise_is_broken_once_told_and_may_be_kept_late(cast):
    promise = a_promise(cast, due=-HOUR, owner=cast.steward)
    a_promise(cast)
    keep_promise(a_promise(cast, due=-HOUR), by=cast.receptionist, words="说了")

    assert (notice_broken_promises(), notice_broken_promises()) == (1, 0)
    event = Event.objects.get(verb="promise.broken")
    told = set(Notification.objects.filter(event=event).values_list("user__name", flat=True))
    assert told == {"王管家", "小赵"}
    assert EventSubject.objects.filter(event=event, kind="unit", object_id=cast.unit.pk).exists()
    keep_promise(promise, by=cast.steward, words="周末来修")
    assert Promise.objects.get(pk=promise.pk).outcome == "kept_late"
    assert notice_broken_promises() == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        PromiseBroken.objects.get().delete()


def test_the_first_sweep_after_a_standstill_tells_each_person_of_all_in_one_word(cast):
    for number in range(5):
        a_promise(cast, due=-HOUR * (9 - number), text=f"答复{number}", owner=cast.steward)
    a_promise(cast, due=-HOUR, text="请主管答复", owner=cast.supervisor)

    assert notice_broken_promises() == 6
    assert Event.objects.filter(verb="promise.broken").count() == 6
    told = {
        name: [(each.event.verb, each.event.details.get("number"), each.about_id) for each in rows]
        for name in ("王管家", "李主管", "小赵")
        if (
            rows := Notification.objects.filter(user__name=name, event__verb__contains="broken").select_related("event")
        )
    }
    oldest = Promise.objects.get(text="答复0").pk
    assert told == {
        "王管家": [("promise.many_broken", 5, oldest)],
        "李主管": [("promise.broken", None, Promise.objects.get(text="请主管答复").pk)],
        "小赵": [("promise.many_broken", 6, oldest)],
    }


@pytest.mark.django_db(transaction=True)
def test_of_many_sweeps_and_an_answer_each_promise_is_broken_once_at_most(cast):
    a_promise(cast, due=-HOUR)
    answered = a_promise(cast, due=-HOUR)

    race(*[notice_broken_promises] * 3, lambda: keep_promise(answered, by=cast.receptionist, words="说了"))
    assert not notice_broken_promises()
    broken = Event.objects.filter(verb="promise.broken").count()
    assert broken == PromiseBroken.objects.count()
    assert broken in (1, 2)  # the second one, where the sweep was faster than the answer


@pytest.mark.requirement("R-157")
def test_each_chip_of_the_register_opens_exactly_its_rows(cast, client_of):
    four_outcomes(cast)
    a_promise(cast, unit=cast.park_unit)
    browser = client_of(cast.supervisor)

    chips = {key: count.number for key, _label, count in browser.get(INDEX).context["chips"]}
    assert chips == {"open": 1, "broken": 1, "kept": 1, "kept_late": 1}
    for key, text in {"open": "未到期", "broken": "超时", "kept": "按时", "kept_late": "迟了"}.items():
        assert [row.text for row in browser.get(INDEX, {"outcome": key}).context["page"]] == [text]
    assert {row.text for row in browser.get(INDEX).context["page"]} == {"未到期", "超时"}
    mine = browser.get(INDEX, {"owner": cast.steward.pk, "outcome": "broken"}).context["page"]
    assert [row.text for row in mine] == ["超时"]
    assert [row.text for row in browser.get(INDEX, {"outcome": "x", "owner": "y"}).context["page"]] == [
        "超时",
        "未到期",
    ]
    api = client_of(cast.supervisor).get("/api/v1/promises", {"outcome": "kept_late"}).json()["items"]
    assert [(row["text"], row["outcome"]) for row in api] == [("迟了", "kept_late")]


@pytest.mark.requirement("R-157")
def test_how_well_promises_are_kept_by_person_and_project(cast, client_of, django_assert_num_queries):
    four_outcomes(cast)
    browser = client_of(cast.supervisor)
    page = browser.get(reverse("interactions:promise-figures"))

    people, projects = (rows for _title, _by, rows in page.context["tables"])
    steward = next(row for row in people if row.name == "王管家")
    assert (steward.kept, steward.kept_late, steward.broken, steward.share) == (0, 1, 1, "0.0 %")
    # The promise of the receptionist is due in an hour, and kept already.
    assert [(row.name, row.kept, row.due) for row in people if row.name == "小赵"] in ([("小赵", 1, 1)], [])
    assert [(row.name, row.broken) for row in projects] == [("阳光小区", 1)]
    for number, address in steward.cells:
        assert len(browser.get(address).context["page"]) == number
    early = browser.get(reverse("interactions:promise-figures"), {"since": "2020-01-01", "until": "2020-01-31"})
    assert [rows for _title, _by, rows in early.context["tables"]] == [[], []]
