"""Scenario A-01: two visitors at the counter, a call for help, a supervisor who takes one over (ux.md T3)."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongying.interactions.models import Interaction
from gongying.reception.models import ReceptionTicket, VisitPurpose
from gongying.reception.operations import change_purpose

PAPERS = ("物业服务费用测算表.pdf", "物业管理条例.pdf")


@pytest.fixture
def purposes(live_server, cast, settings, tmp_path):
    """Depends on `live_server` first: the rows are made for that server's database."""
    settings.MEDIA_ROOT = tmp_path
    papers = [SimpleUploadedFile(name, f"%PDF-1.4 {name}".encode(), "application/pdf") for name in PAPERS]
    for key, name, files in (("enquiry", "物业费构成和支出", papers), ("decoration", "装修办理", [])):
        purpose = VisitPurpose.objects.get(project=None, key=key)
        change_purpose(
            purpose, project=cast.sunshine, by=cast.manager, name=name, minutes=10, is_offered=True, papers=files
        )


def save_visitor(desk, code, person):
    """The household by its number, then who of it has come."""
    desk.page.fill("[name=unit_code]", code)
    desk.click("text=保存来访人")
    desk.click(f".desk-visitor .chip:has-text('{person}')")
    desk.click("text=保存来访人")
    desk.sees("#visit-head", text=person)


@pytest.mark.requirement("R-150", "R-151")
def test_two_visitors_are_received_at_once(purposes, cast, push, open_desk):
    clerk, supervisor = open_desk(cast.receptionist), open_desk(cast.supervisor)
    clerk.open("/reception/")

    clerk.actions = 0
    clerk.click(".desk-purposes button:has-text('物业费构成和支出')")
    clerk.click(".desk-row [data-step=attend] button")
    clerk.sees("#visit-head .state", text="接待中")
    print(f"A-01: a visitor is received with {clerk.actions} clicks (budget 2)")  # noqa: T201
    assert clerk.actions == 2
    save_visitor(clerk, "21301", "周先生")
    for paper in PAPERS:
        clerk.sees(".desk-needs a", text=paper)
    clerk.page.fill("#notes", "问六月物业费为什么高，出示测算表")

    clerk.click(".desk-purposes button:has-text('装修办理')")  # however soon after the last key
    clerk.sees(".desk-offer", text="装修办理")
    assert clerk.page.input_value("#notes") == "问六月物业费为什么高，出示测算表"
    asked = time.monotonic()
    clerk.press("Alt+h")
    supervisor.sees("#help-calls .help-call", text="装修办理")
    print(f"A-01: the supervisor's screen shows the call after {time.monotonic() - asked:.1f} s (budget 2 s)")  # noqa: T201
    supervisor.sees("#help-calls .help-call", text="物业费构成和支出")
    clerk.sees(".desk-row", text="已求援")

    supervisor.click("#help-calls button")
    supervisor.sees("#visit-head", text="李主管")
    clerk.sees(".desk-row", text="李主管")  # without reloading
    assert clerk.page.input_value("#notes") == "问六月物业费为什么高，出示测算表"
    save_visitor(supervisor, "31101", "王先生")
    for desk, chip in ((supervisor, "已答复"), (clerk, "已登记工单")):
        desk.click(f".desk-outcome .chip:has-text('{chip}')")
        desk.click(".desk-outcome .btn-primary")
        desk.sees(".message", text="已办结")

    first, second = ReceptionTicket.objects.order_by("serial")
    assert (first.handler, second.handler) == (cast.receptionist, cast.supervisor)
    assert all(ticket.first_attended_at >= ticket.arrived_at for ticket in (first, second))
    touches = Interaction.objects.order_by("occurred_at").values_list(
        "unit__code", "person_name", "topic", "text", "result", "first_responder__name"
    )
    assert list(touches) == [
        ("2-1-301", "周先生", "物业费构成和支出", "问六月物业费为什么高，出示测算表", "已登记工单", "小赵"),
        ("3-1-101", "王先生", "装修办理", "装修办理", "已答复", "李主管"),
    ]
    assert clerk.complaints + supervisor.complaints == []
