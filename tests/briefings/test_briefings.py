"""Word passed down and up, and who has read it (R-028)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction

from gongying.accounts.models import User
from gongying.briefings.models import Briefing, Receipt
from gongying.briefings.operations import (
    acknowledge,
    answer_report,
    remind_readers,
    report_upwards,
    send_notice,
    withdraw_briefing,
)
from gongying.common.errors import Refused, Stale
from gongying.notifications.models import Notification
from gongying.organization.models import Role

pytestmark = pytest.mark.requirement("R-028")
WORDS = {"title": "周二停水", "text": "三号楼九点到十一点停水，有人问起请照此答复。"}


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user).order_by("pk").values_list("event__verb", flat=True))


def test_a_notice_waits_at_everybody_until_it_is_read(cast):
    notice = send_notice(cast.sunshine, by=cast.manager, **WORDS)

    assert told(cast.receptionist) == ["briefing.sent_down"]
    assert Briefing.objects.unread_by(cast.receptionist).get() == notice
    acknowledge(notice, by=cast.receptionist)
    first = Receipt.objects.get(user=cast.receptionist).read_at
    acknowledge(notice, by=cast.receptionist)

    assert not Briefing.objects.unread_by(cast.receptionist).exists()
    assert Receipt.objects.get(user=cast.receptionist).read_at == first
    assert cast.manager.pk not in notice.receipts.values_list("user", flat=True)


def test_only_the_roles_that_are_meant_get_it(cast):
    notice = send_notice(cast.sunshine, by=cast.manager, roles=[Role.objects.get(key="worker")], **WORDS)

    people = {row.user.staff for row in notice.receipts.select_related("user__staff")}
    assert cast.worker.staff in people
    assert cast.receptionist.staff not in people


def test_who_has_not_read_it_is_named_and_reminded(cast, client_of):
    notice = send_notice(cast.sunshine, by=cast.manager, **WORDS)
    acknowledge(notice, by=cast.receptionist)

    page = client_of(cast.manager).get(f"/briefings/{notice.pk}/").content.decode()
    number = remind_readers(notice, by=cast.manager)

    assert f"共 {notice.receipts.count()} 人，已读 1 人" in page
    assert number == notice.receipts.filter(read_at=None).count()
    assert told(cast.worker) == ["briefing.sent_down", "briefing.reminded"]
    assert told(cast.receptionist) == ["briefing.sent_down"]


def test_a_report_reaches_who_decides_and_comes_back_answered(cast):
    report = report_upwards(cast.sunshine, title="电梯反复故障", text="三天困人两次，业主要求换主板。", by=cast.worker)

    assert Briefing.objects.unread_by(cast.manager).get() == report
    assert not Briefing.objects.visible_to(cast.receptionist).exists()
    answer_report(report, text="周五前换主板。", by=cast.manager)

    assert told(cast.worker) == ["briefing.answered"]
    assert Receipt.objects.get(briefing=report, user=cast.manager).read_at is not None
    with pytest.raises(Refused, match=str(cast.manager)):
        answer_report(report, text="另议。", by=cast.supervisor)


def test_what_is_refused(cast):
    notice = send_notice(cast.sunshine, by=cast.manager, **WORDS)

    with pytest.raises(Refused, match="没有发给您"):
        acknowledge(notice, by=cast.manager)
    with pytest.raises(Refused, match="只有"):
        answer_report(notice, text="x", by=cast.supervisor)
    with pytest.raises(Refused, match="发送人"):
        withdraw_briefing(notice, by=cast.supervisor)
    with pytest.raises(Stale):
        withdraw_briefing(notice, by=cast.manager, seen=7)
    withdraw_briefing(notice, by=cast.manager, seen=1)
    with pytest.raises(Refused, match="撤回"):
        acknowledge(notice, by=cast.receptionist)
    assert not Briefing.objects.unread_by(cast.receptionist).exists()


def test_nobody_hears_of_another_project(cast):
    send_notice(cast.sunshine, by=cast.manager, **WORDS)

    assert not Briefing.objects.visible_to(cast.outsider).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE briefings_briefing SET text = '改过'",
        "UPDATE briefings_receipt SET read_at = now() + interval '1 hour' WHERE read_at IS NOT NULL",
        "UPDATE briefings_receipt SET read_at = NULL WHERE read_at IS NOT NULL",
        "DELETE FROM briefings_receipt",
        "DELETE FROM briefings_briefing",
        "UPDATE briefings_briefing SET answer = 'x', answered_by_id = by_id, answered_at = now()",
    ],
)
def test_no_sql_changes_what_was_said_or_read(cast, statement):
    notice = send_notice(cast.sunshine, by=cast.manager, **WORDS)
    acknowledge(notice, by=cast.receptionist)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_form_names_what_is_missing_and_keeps_what_was_written(cast, client_of):
    answer = client_of(cast.manager).post("/briefings/notices/new/", {"title": "", "text": "三号楼停水"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"project", "title"}
    assert "三号楼停水" in answer.content.decode()
    assert not Briefing.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_managers_who_answer_at_once_give_one_answer(cast):
    report = report_upwards(cast.sunshine, title="电梯反复故障", text="三天困人两次。", by=cast.worker)

    def answer(by: User) -> str:
        try:
            answer_report(report, text=f"{by} 处理", by=by)
        except Refused:
            return "refused"
        finally:
            connection.close()
        return "answered"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(answer, [cast.manager, cast.supervisor]))

    assert outcomes == ["answered", "refused"]
