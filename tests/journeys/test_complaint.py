"""Scenario A-03 with the supervisor's own hands: six steps, back once, an improvement item at the end."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.improvements.models import ImprovementItem
from gongying.servicedesk.enums import ComplaintState
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request


@pytest.fixture
def complaint(live_server, cast):
    return register_request(
        by=cast.receptionist,
        kind="complaint",
        category=ServiceCategory.objects.get(code="service-attitude-guard"),
        text="保安态度恶劣",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
    )


class Handler:
    """Takes the steps of one complaint on its page."""

    def __init__(self, desk, complaint):
        self.desk, self.complaint = desk, complaint

    def take(self, key, *, to, chosen=(), **typed):
        """Open the step (in the drawer, or at once), fill in, send, and wait until the complaint stands in `to`."""
        page = self.desk.page
        self.desk.open(f"/requests/{self.complaint.pk}/steps/{key}/" if typed or chosen else self.path)
        for name, value in typed.items():
            page.locator(f"main [name={name}]").first.fill(value)
        for name, value in chosen:
            page.locator(f'main [name={name}][value="{value}"]').check()
        if typed or chosen:
            page.locator("main form button[type=submit], main form button.btn-primary").first.click()
        else:
            page.locator(f'form[action$="/steps/{key}/"] button').first.click()
        # The step is sent from the page that shows what came of it: its address alone says nothing.
        self.desk.sees(".head .state", text=str(ComplaintState(to).label))
        page.wait_for_url(f"**{self.path}")
        self.complaint.refresh_from_db()
        assert self.complaint.state == to

    @property
    def path(self):
        return f"/requests/{self.complaint.pk}/"


@pytest.mark.requirement("R-198")
def test_a_complaint_goes_through_its_six_steps_and_back_once(complaint, cast, open_desk):
    desk = open_desk(cast.supervisor)
    handler = Handler(desk, complaint)
    handler.take("acknowledge", to="accepted")
    # No button leads from acceptance to feedback.
    assert desk.page.locator('[href*="/steps/give_feedback/"], [action*="/steps/give_feedback/"]').count() == 0
    handler.take("verify", to="verifying")
    handler.take("establish", to="handling", facts="属实", chosen=[("is_attributable", "yes")])
    handler.take("give_feedback", to="feedback_given", words="已批评教育")
    asked = [("reached", "yes"), ("solved", "no"), ("score", "2")]
    handler.take("follow_up", to="handling", comment="还是老样子", chosen=asked)
    assert complaint.rework_count == 1
    handler.take("give_feedback", to="feedback_given", words="已调岗")
    asked = [("reached", "yes"), ("solved", "yes"), ("score", "5")]
    handler.take("follow_up", to="improving", comment="这次好了", chosen=asked)

    desk.open(f"/requests/{complaint.pk}/steps/close/")
    desk.page.locator("main form button.btn-primary").first.click()
    desk.sees("main [name=root_cause]:invalid")
    assert ServiceRequest.objects.get().state == "improving"
    due = (timezone.localdate() + timedelta(days=14)).isoformat()
    desk.open(f"/requests/{complaint.pk}/steps/close/")
    desk.page.locator("main [name=cause_code]").select_option("attitude")
    desk.page.locator("main [name=root_cause]").fill("培训不足")
    desk.page.locator("main [name=title]").fill("礼仪培训")
    desk.page.locator("main [name=owner]").select_option(index=1)
    desk.page.locator("main [name=due_on]").fill(due)
    desk.page.locator("main form button.btn-primary").first.click()
    desk.page.wait_for_url(f"**/requests/{complaint.pk}/")

    complaint.refresh_from_db()
    assert complaint.state == "closed"
    assert ImprovementItem.objects.get().root_cause == "培训不足"
    assert desk.complaints == []
