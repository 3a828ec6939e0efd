"""What several complaints say together, whose fault they are not, and bills that are doubted."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from gongying.common.errors import Refused
from gongying.events.models import Event, EventSubject
from gongying.improvements.models import ImprovementItem
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ComplaintDetails, ComplaintRules, ServiceRequest
from gongying.servicedesk.operations.complaint_patterns import households_of_matter, save_complaint_rules
from tests.conftest import make_unit
from tests.race import hold, in_the_middle, race
from tests.servicedesk.walks import complaint_in, improve, step, url

COMPLAINT = {"kind": "complaint", "category": "service-attitude-guard", "text": "保安态度恶劣"}


def establish(case, cast, **given):
    facts = {"facts": "属实", "severity": "ordinary", "is_attributable": True, **given}
    return do.establish_facts(case, by=cast.supervisor, **facts)


def rules(**given):
    found = ComplaintRules.present()
    for name, value in given.items():
        setattr(found, name, value)
    return found


@pytest.mark.requirement("E-024")
def test_what_is_not_attributable_says_why(cast, register):
    case = complaint_in("verifying", cast, register)
    with pytest.raises(Refused, match="not attributable"):
        establish(case, cast, is_attributable=False)
    establish(case, cast, is_attributable=False, attribution_reason="市政停水，非本公司管辖")
    details = ComplaintDetails.objects.get()
    assert (details.is_attributable, details.attribution_reason) == (False, "市政停水，非本公司管辖")


def test_a_matter_of_five_households_is_proposed_as_a_group(cast, register, client_of):
    case = complaint_in("verifying", cast, register)
    for number in ("401", "402", "403"):
        register(**COMPLAINT, unit=make_unit(cast.unit.entrance, number), party=None)
    # One joins, one is of another matter, one household complains twice.
    joined = make_unit(cast.unit.entrance, "501")
    register(**{**COMPLAINT, "category": "service-fees-bill"}, unit=make_unit(cast.unit.entrance, "601"), party=None)
    register(**COMPLAINT)
    assert households_of_matter(case) == 4
    boss = client_of(cast.supervisor)
    assert "checked" not in group_box(boss, case)
    do.join_request(case, by=cast.receptionist, project=cast.sunshine, unit=joined, channel="phone", text="同样")

    assert households_of_matter(case) == 5
    assert "checked" in group_box(boss, case)


def group_box(client, case):
    page = client.get(step(case, "establish")).content.decode()
    return page[page.index('name="is_group"') :].split(">")[0]


def test_a_group_is_at_least_serious_whoever_writes(cast, register):
    case = complaint_in("verifying", cast, register)
    establish(case, cast, severity="minor", is_group=True)
    assert ComplaintDetails.objects.get().severity == "serious"
    with pytest.raises(IntegrityError, match="complaint_of_group_is_serious"), transaction.atomic():
        ComplaintDetails.objects.update(severity="minor")


@pytest.mark.requirement("R-202")
def test_how_many_make_a_pattern_is_a_rule_of_the_company(cast, register):
    save_complaint_rules(rules(pattern_complaints=2), by=cast.manager, seen=1)
    for expected in (0, 1, 1):
        complaint_in("closed", cast, register)
        assert ImprovementItem.objects.count() == expected
    assert len(ImprovementItem.objects.get().root_cause.splitlines()) == 1, "the same cause is said once"


@pytest.mark.requirement("R-202")
@pytest.mark.django_db(transaction=True)
def test_complaints_that_close_at_the_same_moment_open_one_item(cast, register):
    complaint_in("closed", cast, register)
    cases = [complaint_in("improving", cast, register) for _each in range(4)]
    results = race(
        *(lambda pk=case.pk: improve(ServiceRequest.objects.get(pk=pk), by=cast.supervisor) for case in cases)
    )
    assert results == [None] * 4
    assert ImprovementItem.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_closes_a_complaint_while_its_repeat_is_entered_does_not_stand_in_the_way(cast, register):
    case = complaint_in("improving", cast, register)

    # As `receive_order` does.
    outcome = in_the_middle(lambda: hold(cast.sunshine), lambda: improve(case, by=cast.supervisor), lambda: hold(case))

    assert outcome is None
    assert ServiceRequest.objects.get(pk=case.pk).state == "closed"


def test_the_rules_are_edited_on_a_page_and_make_sense(cast, client_of):
    boss, page = client_of(cast.manager), reverse("servicedesk:complaint-rules")
    sent = {"pattern_complaints": 4, "pattern_days": 60, "group_households": 6, "version": 1}
    assert boss.post(page, {**sent, "pattern_complaints": 1}).status_code == 422
    assert boss.post(page, sent).status_code == 302
    assert str(ComplaintRules.present()) == "4 / 60 / 6"
    assert boss.post(page, {**sent, "pattern_days": 7}).status_code == 409
    assert client_of(cast.receptionist).get(page).status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE servicedesk_complaintrules SET group_households = 1")


@pytest.mark.requirement("R-217")
@pytest.mark.parametrize("kind", ["enquiry", "complaint"])
def test_a_bill_query_is_an_event_of_the_relationship_and_told_to_whom_it_concerns(cast, register, kind):
    request = register(kind=kind, category="service-fees-bill", text="物业费怎么多收了")
    event = Event.objects.get(verb="relationship.bill_queried")
    assert EventSubject.objects.of(cast.zhou).filter(event=event).exists()
    assert Notification.objects.filter(event=event, user=request.owner).exists()


def test_another_matter_is_no_bill_query(register):
    register(**COMPLAINT)
    assert not Event.objects.filter(verb="relationship.bill_queried").exists()


@pytest.mark.requirement("R-213", "R-226")
@pytest.mark.parametrize("cause", ["poor_service", "late_service", "customer"])
def test_poor_late_and_the_customers_own_share_are_told_apart(cast, register, client_of, cause):
    case = complaint_in("improving", cast, register)
    boss, close = client_of(cast.supervisor), url("request-step", case.pk, "close")
    sent = {"root_cause": "培训不足", "no_improvement_reason": "个别现象", "version": case.version}
    assert boss.post(close, sent).status_code == 422
    assert boss.post(close, {**sent, "cause_code": cause}).status_code == 302
    assert ComplaintDetails.objects.get().cause_code == cause
