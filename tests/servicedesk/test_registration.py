from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.events.models import EventSubject
from gongying.files.models import Attachment
from gongying.interactions.models import Interaction
from gongying.organization.models import Department
from gongying.servicedesk.models import ComplaintDetails, ResponsibilityRule, ServiceCategory, ServiceRequest
from tests.files.test_attachments import picture


@pytest.mark.requirement("R-185", "R-016")
def test_a_registered_request_has_number_owner_department_and_first_stage(cast, register, settle):
    request = register()
    settle()

    request.refresh_from_db()
    year = timezone.localdate().strftime("%y")
    assert request.number == f"YG-BX{year}-000001"
    assert request.number_tail == "0001"
    assert request.state == "registered"
    assert (request.owner, request.department.name) == (cast.steward, "工程部")
    assert (request.project, request.building) == (cast.sunshine, cast.unit.building)
    assert (request.urgency, request.payer, request.needs_follow_up) == ("urgent", "owner", True)
    assert (request.caller_name, request.caller_phone) == ("周先生", "+8613800001234")
    stage = request.stages.get()
    assert (stage.stage, stage.entered_by, stage.left_at) == ("registered", cast.receptionist, None)


def test_the_touch_is_recorded_exactly_once(cast, register):
    request = register()
    touch = Interaction.objects.get()
    assert request.interaction == touch
    assert (touch.text, touch.answer, touch.party) == ("厨房水管漏水", "request", cast.zhou)

    register(interaction=touch)

    assert Interaction.objects.count() == 1


@pytest.mark.parametrize("subject", ["unit", "zhou"])
def test_a_registration_stands_on_the_timelines(cast, register, subject):
    request = register()
    verbs = EventSubject.objects.of(getattr(cast, subject)).values_list("event__verb", flat=True)
    assert sorted(verbs) == ["interaction.logged", "request.registered"]
    assert EventSubject.objects.of(request).get().event.verb == "request.registered"


@pytest.mark.parametrize(
    ("kind", "letters"),
    [
        ("repair", "BX"),
        ("complaint", "TS"),
        ("enquiry", "ZX"),
        ("suggestion", "JY"),
        ("comment", "YJ"),
        ("praise", "BY"),
        ("help", "QZ"),
        ("service", "FW"),
    ],
)
@pytest.mark.requirement("R-204")
def test_the_number_names_project_kind_and_year(register, kind, letters):
    year = timezone.localdate().strftime("%y")
    assert register(kind=kind).number == f"YG-{letters}{year}-000001"
    assert register(kind=kind).number == f"YG-{letters}{year}-000002"


def test_a_complaint_starts_in_the_machine_of_complaints(register):
    request = register(kind="complaint", category="service-attitude-guard", requested_remedy="道歉")
    assert (request.state, request.machine.name) == ("received", "complaint")
    assert ComplaintDetails.objects.get(service_request=request).requested_remedy == "道歉"


@pytest.mark.requirement("R-004")
def test_the_nearest_responsibility_rule_routes(cast, register):
    quality = Department.objects.get(kind="quality")
    leaf = ServiceCategory.objects.get(code="home-plumbing-leak")
    assert register().department.kind == "engineering"

    ResponsibilityRule.objects.create(category=leaf.parent, department=quality)
    assert register().department == quality

    service = Department.objects.get(kind="customer_service")
    ResponsibilityRule.objects.create(category=leaf.parent, project=cast.sunshine, department=service)
    assert register().department == service
    assert register(unit=cast.park_unit, party=None).department == quality


def test_without_a_steward_the_site_answers_and_at_last_the_registrar(cast, register):
    assert register(project=cast.sunshine, party=None).owner == cast.supervisor
    office_work = {"unit": cast.park_unit, "party": None, "by": cast.administrator, "category": "service-other-other"}
    assert register(**office_work).owner == cast.outsider
    cast.outsider.staff.territory_assignments.all().delete()
    assert register(**office_work).owner == cast.administrator


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"text": " \n"}, "missing"),
        ({"kind": "bill"}, "does not exist"),
        ({"category": "home-plumbing"}, "last level"),
        ({"unit": None}, "Say where"),
        ({"category": "business-meeting-booking"}, "not offered"),
        ({"occurred_at": timezone.now() + timedelta(hours=1)}, "future"),
        ({"occurred_at": timezone.now() - timedelta(days=4)}, "72 hours"),
        ({"window": (timezone.now(), timezone.now() - timedelta(hours=1))}, "ends before"),
    ],
)
def test_a_registration_is_refused(register, given, sentence):
    with pytest.raises(Refused, match=sentence):
        register(**given)
    assert ServiceRequest.objects.count() == Interaction.objects.count() == 0


def test_a_late_entry_keeps_both_times_and_its_reason(register):
    before = timezone.now() - timedelta(days=4)
    request = register(occurred_at=before, late_reason="周末无人值班")
    assert (request.occurred_at, request.late_reason, request.is_late_entry) == (before, "周末无人值班", True)


def test_photos_handed_in_with_a_request_belong_to_it_and_to_its_touch(register, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    request = register(photos=[picture("水.jpg"), picture("墙.jpg")])

    for thing in (request, request.interaction):
        assert [photo.name for photo in Attachment.objects.of(thing)] == ["水.jpg", "墙.jpg"]


@pytest.mark.parametrize(("payer", "kept"), [("owner", True), ("", True), ("company", False)])
def test_an_agreed_price_is_kept_where_the_owner_pays(register, payer, kept):
    """The category's payer is the owner."""
    agreed, silent = register(payer=payer), register(payer=payer, price_agreed=False)
    assert (agreed.price_agreed, agreed.agreed_amount) == (kept, 80 if kept else None)
    assert (silent.price_agreed, silent.agreed_amount) == (False, None)
