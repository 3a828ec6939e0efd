"""Scenario A-03 by the API, with its exact numbers (without the portal and the relationship line, which come later)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.improvements.models import ImprovementItem
from gongying.servicedesk.models import ServiceCategory, ServiceRequest


def local(moment, hour, minute):
    return timezone.localtime(moment).replace(hour=hour, minute=minute, second=0, microsecond=0)


@pytest.mark.requirement("R-198", "R-196")
def test_a_complaint_about_rude_guards_through_the_six_stages(cast, calls):
    boss = calls(cast.supervisor)
    noon = local(timezone.now() - timedelta(days=3), 10, 0)
    with clock_at(noon):
        made = boss.post(
            "/requests",
            {
                "kind": "complaint",
                "category_id": ServiceCategory.objects.get(code="service-attitude-guard").pk,
                "text": "保安态度恶劣",
                "channel": "phone",
                "unit_id": cast.unit.pk,
                "party_id": cast.zhou.pk,
            },
        ).json()
    here = f"/requests/{made['id']}"

    def take(noun, status=200, **body):
        answer = boss.post(f"{here}/{noun}", body)
        assert answer.status_code == status, answer.content.decode()
        return ServiceRequest.objects.get()

    with clock_at(noon + timedelta(minutes=5)):
        assert take("acknowledgement").state == "accepted"
        # From acceptance there is no way to feedback: nothing changes.
        before = ServiceRequest.objects.values().get()
        take("feedback", 409, channel="phone", words="已批评教育")
        assert ServiceRequest.objects.values().get() == before
        take("verification")
        take("facts", 409, facts="属实", severity="ordinary", is_attributable=False)
        take("facts", facts="属实", severity="ordinary", is_attributable=True)
        take("measures", 200, text="当班保安停岗培训")
    with clock_at(noon + timedelta(minutes=45)):
        told_at = local(noon, 10, 30).isoformat()
        told = take("feedback", channel="phone", words="已批评教育", told_at=told_at)
    notice = told.resultnotices.get()
    assert (notice.channel, timezone.localtime(notice.at).strftime("%H:%M")) == ("phone", "10:30")

    with clock_at(noon + timedelta(hours=4)):
        reworked = take("follow-ups", reached=True, solved=False, score=2)
        assert (reworked.state, reworked.rework_count) == ("handling", 1)
        take("feedback", channel="phone", words="已调岗")
        for _attempt in range(3):
            assert take("follow-ups", reached=False).state == "following_up"
        # Three attempts within one hour are not "not reached".
        assert take("follow-ups", reached=True, solved=True, score=5).state == "improving"
    take("improvement", 422, cause_code="attitude", root_cause=" ", no_improvement_reason="x")
    take("improvement", 409, cause_code="attitude", root_cause="培训不足")
    item = {
        "title": "礼仪培训",
        "owner_id": cast.manager.pk,
        "due_on": (timezone.localdate() + timedelta(days=14)).isoformat(),
    }
    closed = take("improvement", cause_code="attitude", root_cause="培训不足", item=item)

    assert closed.state == "closed"
    assert ImprovementItem.objects.get().owner == cast.manager
    stages = [row["stage"] for row in boss.get(f"{here}/stages").json()]
    six = ["accepted", "verifying", "handling", "feedback_given", "following_up", "improving"]
    assert list(dict.fromkeys(stages)) == ["received", *six, "closed"]
    assert all(row["left_at"] for row in boss.get(f"{here}/stages").json()[:-1])
