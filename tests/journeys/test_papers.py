"""The papers as a printer gets them, and as a phone shows them."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.interactions.operations import log_interaction
from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request
from tests.conftest import Cast
from tests.journeys.conftest import PHONE, Desk
from tests.prices import AGREED

LONG = "夜间保安在岗亭内大声播放视频，业主多次劝阻无效，态度恶劣并且出言不逊，要求当面道歉并给出整改措施。" * 20


@pytest.fixture
def complaint(cast: Cast) -> ServiceRequest:
    """One that went through all stages, with much to say in each."""
    by = cast.supervisor
    category = ServiceCategory.objects.get(code="service-attitude-guard")
    place = {"unit": cast.unit, "party": cast.zhou}
    made = register_request(
        by=by, kind="complaint", category=category, text=LONG, channel="phone", requested_remedy=LONG, **place
    )
    do.acknowledge_complaint(made, by=by)
    do.verify_complaint(made, by=by)
    do.establish_facts(made, by=by, facts=LONG, severity="ordinary", is_attributable=True)
    do.record_measures(made, by=by, text=LONG)
    do.give_feedback(made, by=by, channel="phone", words=LONG)
    do.record_follow_up(made, by=by, reached=True, solved=True, score=5, comment=LONG)
    do.improve_complaint(made, by=by, cause_code="attitude", root_cause=LONG, no_improvement_reason=LONG)
    return made


@pytest.mark.requirement("E-048")
@pytest.mark.parametrize("paper", ["a4", "a5"])
def test_the_fullest_complaint_fills_one_page(
    cast: Cast, complaint: ServiceRequest, open_desk: Callable[..., Desk], paper: str
) -> None:
    desk = open_desk(cast.supervisor)
    desk.open(f"{reverse('servicedesk:complaint-print', args=[complaint.pk])}?paper={paper}")
    printed = desk.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.requirement("E-048")
@pytest.mark.parametrize("paper", ["a5", "form"])
def test_the_fullest_dispatch_slip_fills_one_page(cast: Cast, open_desk: Callable[..., Desk], paper: str) -> None:
    """Signatures and seal stand on it, not on a second sheet."""
    window = (timezone.now() + timedelta(hours=1), timezone.now() + timedelta(hours=3))
    place = {"unit": cast.unit, "party": cast.zhou, "window": window, **AGREED}
    category = ServiceCategory.objects.get(code="home-plumbing-tap")
    made = register_request(by=cast.supervisor, kind="repair", category=category, text=LONG, channel="phone", **place)
    job = do.dispatch_work(made, by=cast.supervisor, doer=cast.worker, plan=window)
    do.accept_work(job, by=cast.worker)
    do.arrive(job, by=cast.worker)
    materials = [{"name": f"{LONG[:20]}{number}", "quantity": "2", "unit": "只"} for number in range(6)]
    do.complete_work(job, by=cast.worker, ticks=dict.fromkeys(Tick.values, True), result=LONG, materials=materials)
    desk = open_desk(cast.supervisor)
    desk.open(f"{reverse('servicedesk:request-print', args=[made.pk])}?paper={paper}")
    desk.sees(".paper-signatures")
    printed = desk.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize("name", ["complaint-print", "request-print", "request-report"])
def test_a_paper_is_no_wider_than_the_phone(
    cast: Cast, complaint: ServiceRequest, open_desk: Callable[..., Desk], name: str
) -> None:
    desk = open_desk(cast.supervisor, size=PHONE)
    desk.open(reverse(f"servicedesk:{name}", args=[complaint.pk]))
    assert desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_register_is_no_wider_than_the_phone(
    cast: Cast, complaint: ServiceRequest, open_desk: Callable[..., Desk]
) -> None:
    desk = open_desk(cast.supervisor, size=PHONE)
    desk.open(reverse("reports:register-show", args=["touches"]))
    desk.sees(".paper-list td", text="夜间保安")
    assert desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


@pytest.mark.requirement("E-048")
def test_a_register_is_printed_across_with_its_head_on_every_page(
    cast: Cast, complaint: ServiceRequest, open_desk: Callable[..., Desk]
) -> None:
    """Three dozen touches with much to say: more than a page, as wide as the paper, each page begins with the head."""
    for _again in range(36):
        log_interaction(by=cast.receptionist, project=cast.sunshine, unit=cast.unit, channel="phone", text=LONG)
    desk = open_desk(cast.quality)
    desk.open(reverse("reports:register-show", args=["touches"]))
    printed = desk.page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox\s*\[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    assert len(boxes) > 2
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(842, 595)}
    desk.page.emulate_media(media="print")
    desk.page.set_viewport_size({"width": 1047, "height": 700})  # 277 mm of paper between its margins
    assert desk.page.evaluate("document.documentElement.scrollWidth") == 1047
    assert desk.page.evaluate("getComputedStyle(document.querySelector('.paper-register thead')).display") == (
        "table-header-group"
    )
