"""A worker's job on his phone, from taking it to done, with as many taps as his day allows (personas 4.3, ux.md T9)."""

import pytest

from gongying.servicedesk.models import ServiceCategory, WorkCompletion
from gongying.servicedesk.operations import dispatch_work, register_request
from tests.journeys.conftest import PHONE

TICKS = 7


@pytest.fixture
def job(live_server, cast):
    """Depends on `live_server` first: the people are made for that server's database."""
    request = register_request(
        by=cast.receptionist,
        kind="repair",
        category=ServiceCategory.objects.get(code="home-plumbing-leak"),
        text="厨房水管漏水",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
    )
    return dispatch_work(request, by=cast.supervisor, doer=cast.worker)


@pytest.fixture
def phone(job, cast, open_desk):
    phone = open_desk(cast.worker, size=PHONE)
    phone.open(f"/jobs/{job.pk}/")
    phone.actions = 0
    return phone


def next_step(phone, words):
    phone.sees(".sticky-action .btn-primary", text=words)
    phone.click(".sticky-action .btn-primary")


@pytest.mark.requirement("R-210")
def test_a_repair_takes_four_taps_beside_the_seven_ticks(phone, job):
    next_step(phone, "接单")
    next_step(phone, "到场")
    next_step(phone, "完工")
    phone.sees("#drawer [name=ticks]")
    for position in range(TICKS):
        phone.page.locator("#drawer [name=ticks]").nth(position).check()
    phone.page.fill("#drawer [name=result]", "更换软管")
    phone.page.locator("#drawer [name=materials_name]").nth(0).fill("软管")
    phone.page.locator("#drawer [data-line-add]").click()
    phone.page.locator("#drawer [name=materials_name]").nth(2).fill("生料带")
    phone.click("#drawer .drawer-foot .btn-primary")
    phone.page.locator(".sticky-action .btn-primary").wait_for(state="detached")

    assert phone.actions == 4
    done = WorkCompletion.objects.get(work_order=job)
    assert all(done.ticks.values())
    assert [line["name"] for line in done.materials] == ["软管", "生料带"]
    assert phone.complaints == []


def test_a_pause_is_taken_back_from_its_message(phone, job):
    next_step(phone, "接单")
    phone.sees(".sticky-action .btn-primary", text="到场")
    phone.click("a:has-text('暂停')")
    phone.sees("#drawer [name=reason]")
    phone.page.locator("#drawer [name=reason]").first.check()
    phone.click("#drawer .drawer-foot .btn-primary")
    phone.sees("#messages form button", text="撤销")
    phone.click("#messages form button")
    phone.page.wait_for_url(f"**/jobs/{job.pk}/")
    phone.sees(".sticky-action .btn-primary", text="到场")

    job.refresh_from_db()
    assert job.state != "paused"
    assert phone.complaints == []
