"""A fit-out from the application to the acceptance, with everything that holds it back (R-040, E-043)."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import User
from gongying.checklists.enums import Use
from gongying.checklists.models import CheckItem, CheckRun
from gongying.checklists.operations import Mark, finish_run, tick_items
from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.custody.operations import issue_pass
from gongying.events.models import Event
from gongying.fitouts import operations as do
from gongying.fitouts.models import FitOut, RefusedExtension
from gongying.notifications.models import Notification
from gongying.schedule.models import Task
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import cancel_request

PLAN = {"applicant": "周先生", "contractor": "明亮装饰", "scope": "厨房、卫生间翻新"}


@pytest.fixture
def apply(cast):
    today = timezone.localdate()
    days = {"starts_on": today, "ends_on": today + timedelta(days=60)}
    return partial(do.apply_for_fit_out, cast.unit, by=cast.receptionist, **PLAN, **days)


@pytest.fixture
def permitted(cast, apply):
    today = timezone.localdate()
    days = {"valid_from": today, "valid_until": today + timedelta(days=30)}
    return do.permit_works(
        apply(), by=cast.manager, rules_read_by="周先生", deposit=Decimal(3000), deposit_receipt="收0417", **days
    )


def look(fit_out, by, use, failed=0):
    run = do.inspect_works(fit_out, by=by, use=use)
    items = CheckItem.objects.filter(check_list=run.check_list_id).order_by("position")
    marks = [Mark("failed", "渗水")] * failed + [Mark("fine")] * (len(items) - failed)
    tick_items(run, {item.pk: mark for item, mark in zip(items, marks, strict=True)}, by=by)
    return finish_run(run, by=by)


def a_violation(fit_out, by):
    category = ServiceCategory.objects.get(code="common-works-fit-out")
    return do.report_violation(fit_out, by=by, category=category, text="敲了承重墙")


@pytest.mark.requirement("R-040", "E-043")
def test_a_fit_out_is_accepted_when_all_is_in_order(cast, permitted):
    with pytest.raises(Refused, match="验收"):
        do.accept_works(permitted, by=cast.manager)
    look(permitted, cast.steward, Use.FIT_OUT)
    with pytest.raises(Refused):
        do.accept_works(permitted, by=cast.manager)
    look(permitted, cast.steward, Use.ACCEPTANCE, failed=1)
    with pytest.raises(Refused, match="不合格"):
        do.accept_works(permitted, by=cast.manager)
    case = a_violation(permitted, cast.steward)
    assert (case.kind, case.unit, case.violation.violator) == ("violation", cast.unit, "明亮装饰")
    look(permitted, cast.steward, Use.ACCEPTANCE)
    with pytest.raises(Refused, match=case.number):
        do.accept_works(permitted, by=cast.manager)
    cancel_request(case, by=cast.supervisor, asked_by="小赵", reason="看错了")
    with pytest.raises(Refused):
        do.settle_deposit(permitted, by=cast.manager, words="退还")
    ended = do.accept_works(permitted, by=cast.manager, word="合格")
    assert (ended.state, ended.is_open) == ("accepted", False)
    do.settle_deposit(ended, by=cast.manager, words="12-01 原路退还")
    with pytest.raises(Refused, match="原路退还"):
        do.settle_deposit(ended, by=cast.manager, words="再退一次")
    told = Event.objects.filter(verb__startswith="fitout.").order_by("pk").values_list("verb", flat=True)
    assert list(told) == [
        f"fitout.{verb}"
        for verb in (
            "applied", "permitted", "inspected", "inspected", "violation_found", "inspected", "accepted", "deposit_settled"
        )
    ]  # fmt: skip


@pytest.mark.requirement("E-043")
def test_a_permit_past_its_date_is_one_task_of_its_keeper(cast, permitted):
    day_after = timezone.now() + timedelta(days=31)
    assert do.notice_overdue_permits() == 0
    with clock_at(day_after):
        assert (do.notice_overdue_permits(), do.notice_overdue_permits()) == (1, 0)
        task = Task.objects.get()
        assert (task.assignee, task.unit, permitted.number in task.title) == (cast.receptionist, cast.unit, True)
        assert list(FitOut.objects.overdue()) == [permitted]
        today = timezone.localdate()
        longer = do.extend_permit(permitted, by=cast.manager, valid_until=today + timedelta(days=5), reason="瓷砖晚到")
        assert (longer.is_overdue, longer.overdue_told_at) == (False, None)
    with clock_at(day_after + timedelta(days=10)):
        assert do.notice_overdue_permits() == 1


def test_the_task_of_one_who_left_goes_to_who_permitted_the_works(cast, permitted):
    User.objects.filter(pk=cast.receptionist.pk).update(is_active=False)
    with clock_at(timezone.now() + timedelta(days=31)):
        assert do.notice_overdue_permits() == 1
    assert Task.objects.get().assignee == cast.manager


@pytest.mark.requirement("E-043")
def test_works_are_permitted_with_rules_and_days_once_a_unit(cast, apply):
    fit_out = apply()
    with pytest.raises(Refused, match="未结束"):
        apply()
    today = timezone.localdate()
    permit = partial(do.permit_works, fit_out, by=cast.manager)
    day = timedelta(days=1)
    for wrong in (
        {"rules_read_by": " ", "valid_from": today, "valid_until": today},
        {"rules_read_by": "周", "valid_from": today, "valid_until": today - day},
        {"rules_read_by": "周", "valid_from": today - 9 * day, "valid_until": today - day},
        {"rules_read_by": "周", "valid_from": today, "valid_until": today + 400 * day},
        {"rules_read_by": "周", "valid_from": today, "valid_until": today, "deposit": Decimal(-1)},
    ):
        with pytest.raises(Refused):
            permit(**wrong)
    with pytest.raises(Refused):
        do.inspect_works(fit_out, by=cast.steward)
    do.refuse_fit_out(fit_out, by=cast.manager, reason="要拆承重墙")
    with pytest.raises(Refused):
        permit(rules_read_by="周", valid_from=today, valid_until=today)
    assert apply().state == "applied"


def test_the_database_accepts_nothing_that_nobody_looked_at(cast, permitted):
    rows = FitOut.objects.filter(pk=permitted.pk)
    now = timezone.now()
    ended = {"ended_at": now, "ended_by": cast.manager}
    for write in (
        lambda: rows.update(state="accepted", **ended),
        lambda: rows.update(state="applied"),
        lambda: rows.update(rules_read_by=""),
        rows.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.requirement("R-040", "E-043")
def test_the_file_shows_team_looks_violations_and_release_passes(cast, client_of, permitted):
    worker = do.add_worker(permitted, by=cast.receptionist, name="李师傅", trade="瓦工")
    run = look(permitted, cast.steward, Use.FIT_OUT, failed=1)
    case = a_violation(permitted, cast.guard)
    release = issue_pass(cast.unit, by=cast.receptionist, items="剩余瓷砖", confirmed_by="周先生", carrier="明亮装饰")
    browser = client_of(cast.receptionist)
    page = browser.get(reverse("fitouts:file-show", args=[permitted.pk])).content.decode()
    for shown in ("李师傅", case.number, release.number, reverse("checklists:run-show", args=[run.pk]), "3000"):
        assert shown in page
    paper = browser.get(reverse("fitouts:file-paper", args=[permitted.pk])).content.decode()
    assert "<svg" in paper
    assert worker.badge_number in browser.get(reverse("fitouts:file-badges", args=[permitted.pk])).content.decode()
    chip = browser.get(reverse("fitouts:unit-chip", args=[cast.unit.pk])).content.decode()
    assert reverse("fitouts:file-show", args=[permitted.pk]) in chip
    browser.post(reverse("fitouts:worker-end", args=[worker.pk]))
    assert worker.badge_number not in browser.get(reverse("fitouts:file-badges", args=[permitted.pk])).content.decode()


@pytest.mark.requirement("E-043")
def test_an_application_is_set_right_until_somebody_decides(cast, client_of, apply):
    fit_out, desk = apply(), client_of(cast.receptionist)
    address = reverse("fitouts:file-edit", args=[fit_out.pk])
    assert address in desk.get(reverse("fitouts:file-show", args=[fit_out.pk])).content.decode()
    days = {"starts_on": f"{fit_out.starts_on}", "ends_on": f"{fit_out.ends_on}"}
    sent = {**PLAN, **days, "contractor": "新雅装饰", "version": fit_out.version}
    assert desk.post(address, {**sent, "ends_on": f"{fit_out.starts_on - timedelta(days=1)}"}).status_code == 422
    assert desk.post(address, sent).status_code == 302
    assert desk.post(address, {**sent, "scope": "晚来的一版"}).status_code == 409  # somebody else was first
    api = f"/api/v1/fit-outs/{fit_out.pk}"
    stale = desk.patch(api, {"version": 1, "scope": "改水电"}, content_type="application/json")
    assert (stale.status_code, stale.json()["current"]["contractor"]) == (409, "新雅装饰")
    assert desk.patch(api, {"version": 2, "scope": "改水电"}, content_type="application/json").status_code == 200
    assert desk.patch(api, {"version": 3, "scope": " 改水电 "}, content_type="application/json").json()["version"] == 3
    fit_out.refresh_from_db()
    assert (fit_out.contractor, fit_out.scope, fit_out.applicant) == ("新雅装饰", "改水电", "周先生")
    told = Event.objects.filter(verb="fitout.changed").order_by("pk").values_list("details__name", flat=True)
    assert list(told) == ["施工单位", "装修内容"]
    do.refuse_fit_out(fit_out, by=cast.manager, reason="要拆承重墙")
    with pytest.raises(Refused):
        do.change_application(fit_out, by=cast.receptionist, scope="不拆了")


@pytest.mark.requirement("E-042", "E-043")
def test_a_release_pass_belongs_to_one_fit_out_of_its_unit(cast, client_of, permitted):
    desk, guard = client_of(cast.receptionist), client_of(cast.guard)
    page = reverse("fitouts:file-show", args=[permitted.pk])
    form = reverse("fitouts:pass-create", args=[permitted.pk])
    assert "明亮装饰" in desk.get(form).content.decode()
    today = f"{timezone.localdate()}"
    leaving = {"items": "装修垃圾 20 袋", "confirmed_by": "周先生", "confirmation": "in_person"}
    assert desk.post(form, {**leaving, "valid_from": today, "valid_until": today}).status_code == 302
    assert guard.get(form).status_code == 403
    assert "装修垃圾 20 袋" in desk.get(page).content.decode()
    other = issue_pass(cast.unit, by=cast.receptionist, items="旧沙发", confirmed_by="周先生")
    link = reverse("fitouts:pass-link", args=[permitted.pk, other.pk])
    assert link in desk.get(page).content.decode()
    assert desk.post(link).status_code == 302
    assert link not in desk.get(page).content.decode()
    assert desk.post(link).status_code == 409
    thread = desk.get(reverse("events:timeline-index", args=["releasepass", other.pk])).content.decode()
    assert page in thread
    elsewhere = issue_pass(cast.west_unit, by=cast.receptionist, items="钢琴", confirmed_by="王先生")
    body = {"release_pass_id": elsewhere.pk}
    api = f"/api/v1/fit-outs/{permitted.pk}/release-passes"
    assert desk.post(api, body, content_type="application/json").status_code == 409
    assert [row["items"] for row in desk.get(api).json()] == ["装修垃圾 20 袋", "旧沙发"]


@pytest.mark.requirement("E-043")
def test_a_guard_looks_at_the_works_by_the_one_check_list(cast, client_of, permitted):
    guard = client_of(cast.guard)
    sent = guard.post(reverse("fitouts:file-look", args=[permitted.pk]), {"use": "fit_out"})
    run = CheckRun.objects.get(about=f"fitout-{permitted.pk}")
    assert sent.url == reverse("checklists:run-show", args=[run.pk])
    item = CheckItem.objects.filter(check_list=run.check_list_id).first()
    assert f'name="verdict_{item.pk}"' in guard.get(sent.url).content.decode()


def told(person):
    return list(Notification.objects.filter(user=person).order_by("pk").values_list("event__verb", flat=True))


def test_who_permits_works_is_told_of_an_application_and_the_clerk_of_the_decision(cast, apply):
    fit_out = apply()
    assert told(cast.manager) == ["fitout.applied"]
    assert told(cast.receptionist) == []

    do.refuse_fit_out(fit_out, by=cast.manager, reason="缺图纸")
    assert told(cast.receptionist) == ["fitout.refused"]

    again = apply()
    today = timezone.localdate()
    do.permit_works(again, by=cast.manager, rules_read_by="周先生", valid_from=today, valid_until=today)
    assert told(cast.receptionist) == ["fitout.refused", "fitout.permitted"]


def test_what_failed_at_a_look_stands_in_the_violation_until_it_is_reported(cast, client_of, permitted):
    look(permitted, cast.guard, Use.FIT_OUT, failed=1)
    guard = client_of(cast.guard)
    url = reverse("fitouts:file-violation", args=[permitted.pk])
    assert "渗水" in guard.get(url).context["form"]["text"].value()

    a_violation(permitted, cast.guard)
    assert guard.get(url).context["form"]["text"].value() == ""


def test_the_file_says_what_stands_before_the_acceptance(cast, client_of, permitted):
    case = a_violation(permitted, cast.guard)
    manager, page = client_of(cast.manager), reverse("fitouts:file-show", args=[permitted.pk])
    accept = reverse("fitouts:file-accept", args=[permitted.pk])
    look(permitted, cast.receptionist, Use.ACCEPTANCE)

    shown = manager.get(page)
    assert case.number in shown.context["lacking"]
    assert accept not in shown.content.decode()

    cancel_request(case, by=cast.manager, asked_by="小赵", reason="看错了")
    shown = manager.get(page)
    assert shown.context["lacking"] == ""
    assert accept in shown.content.decode()


def test_the_only_owner_is_proposed_as_who_applies(cast, client_of):
    form = client_of(cast.receptionist).get(reverse("fitouts:file-create"), {"unit": cast.unit.pk}).context["form"]
    assert form["applicant"].value() == cast.zhou.name


@pytest.mark.parametrize(("host", "is_shown"), [("testserver", True), ("elsewhere.example", False)])
def test_what_is_refused_leads_back_to_the_page_of_ours_it_came_from(cast, client_of, apply, host, is_shown):
    fit_out = apply()
    page = f"http://{host}{reverse('fitouts:file-show', args=[fit_out.pk])}"
    do.withdraw_fit_out(fit_out, by=cast.receptionist, reason="不装了")
    url = reverse("fitouts:file-refuse", args=[fit_out.pk])
    refused = client_of(cast.manager).post(url, {"reason": "缺图纸"}, headers={"Referer": page})
    assert refused.status_code == 409
    assert (f'href="{page}"' in refused.content.decode()) is is_shown


def test_who_keeps_files_does_not_permit_works(cast, client_of, apply):
    fit_out = apply()
    permit = reverse("fitouts:file-permit", args=[fit_out.pk])
    assert client_of(cast.receptionist).get(permit).status_code == 403
    assert client_of(cast.outsider).get(reverse("fitouts:file-show", args=[fit_out.pk])).status_code == 404
    today = timezone.localdate()
    days = {"valid_from": today.isoformat(), "valid_until": (today - timedelta(days=3)).isoformat()}
    browser = client_of(cast.manager)
    assert browser.post(permit, {"rules_read_by": "周先生", **days}).status_code == 422
    days["valid_until"] = (today + timedelta(days=3)).isoformat()
    assert browser.post(permit, {"rules_read_by": "周先生", **days}).status_code == 302
    assert browser.post(permit, {"rules_read_by": "周先生", **days}).status_code == 409


@pytest.mark.parametrize("number", [1, 3])
def test_the_register_asks_the_same_number_of_questions(cast, client_of, apply, django_assert_num_queries, number):
    for _ in range(number):
        do.withdraw_fit_out(apply(), by=cast.receptionist, reason="改主意了")
    browser = client_of(cast.receptionist)
    address = reverse("fitouts:file-index") + "?list=ended"
    browser.get(address)
    with django_assert_num_queries(7):
        assert browser.get(address).content.decode().count("data-row") == number


@pytest.mark.requirement("E-043")
def test_an_extension_that_is_refused_stays_on_page_and_timeline(cast, client_of, permitted):
    manager, address = client_of(cast.manager), reverse("fitouts:extension-refuse", args=[permitted.pk])
    page, past = (
        reverse("fitouts:file-show", args=[permitted.pk]),
        reverse("events:timeline-index", args=["fitout", permitted.pk]),
    )
    assert address in manager.get(page).content.decode()
    today, until = timezone.localdate(), permitted.valid_until + timedelta(days=20)
    sent = {"asked_by": "周太太", "asked_on": f"{today}", "valid_until": f"{until}", "reason": "邻居孩子要高考"}
    for wrong in (
        {"valid_until": f"{permitted.valid_until}"},
        {"asked_on": f"{today + timedelta(days=1)}"},
        {"reason": " "},
        {"asked_by": ""},
    ):
        answer = manager.post(address, sent | wrong)
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, set(wrong))
    assert client_of(cast.receptionist).post(address, sent).status_code == 403

    assert manager.post(address, sent).status_code == 302
    refused = RefusedExtension.objects.get()
    assert (refused.asked_by, refused.asked_on, refused.valid_until, refused.by) == (
        "周太太",
        today,
        until,
        cast.manager,
    )
    for text in (manager.get(page).content.decode(), manager.get(past).content.decode()):
        assert [
            word for word in ("周太太", f"{today}", f"{until}", "邻居孩子要高考", "周经理") if word not in text
        ] == []
    assert FitOut.objects.get().valid_until == permitted.valid_until
    (told,) = manager.get(f"/api/v1/fit-outs/{permitted.pk}/refused-extensions").json()
    assert (told["asked_by"], told["by_id"]) == ("周太太", cast.manager.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        RefusedExtension.objects.update(reason="x")

    do.withdraw_fit_out(permitted, by=cast.receptionist, reason="不装了")
    assert manager.post(address, sent).status_code == 409
    again = {"valid_until": f"{until}", "reason": "不装了"}
    call = f"/api/v1/fit-outs/{permitted.pk}/extension-refusal"
    assert manager.post(call, again, content_type="application/json").status_code == 409


def test_an_extension_that_is_none_is_said_at_its_field(cast, client_of, permitted):
    manager, address = client_of(cast.manager), reverse("fitouts:file-extend", args=[permitted.pk])
    for days in (0, -40, 400):
        sent = {"valid_until": f"{permitted.valid_until + timedelta(days=days)}", "reason": "瓷砖缺货"}
        answer = manager.post(address, sent)
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"valid_until"})
    assert FitOut.objects.get().valid_until == permitted.valid_until
