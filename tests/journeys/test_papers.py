"""The papers as a printer gets them, and as a phone shows them."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse

from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory, ServiceRequest
from gongying.servicedesk.operations import register_request
from tests.conftest import Cast
from tests.journeys.conftest import PHONE, Desk

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
    desk.open(reverse("interactions:register-show"))
    desk.sees(".paper-list td", text="夜间保安")
    assert desk.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
