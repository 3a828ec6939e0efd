import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gongying.customers.models import Party, PartyRole
from gongying.events.models import Event
from gongying.files.models import Attachment
from gongying.interactions.models import Interaction, Promise
from gongying.organization.models import StaffMember, TerritoryAssignment
from gongying.servicedesk.models import ServiceCategory, ServiceItem, ServiceRequest
from gongying.servicedesk.operations import save_item, set_price
from gongying.servicedesk.operations.categories import save_category
from tests.files.test_attachments import picture
from tests.servicedesk.entry_forms import CREATE, FRAGMENT, NEW, local, sent


@pytest.mark.requirement("R-012", "R-079", "R-185")
def test_a_simple_contact_is_logged_as_answered_and_the_drawer_closes(cast, desk):
    answer = desk.post(CREATE, sent(cast, text="问垃圾清运时间"), headers=FRAGMENT)

    interaction = Interaction.objects.get()
    assert (interaction.answer, interaction.topic, interaction.party) == ("explained", "垃圾清运", cast.zhou)
    assert answer.headers["HX-Trigger"] == "drawer:close"
    assert ServiceRequest.objects.count() == 0


@pytest.mark.requirement("R-185")
def test_a_repair_is_registered_with_everything_derived_from_the_words(cast, desk, category):
    answer = desk.post(CREATE, sent(cast, action="request"), headers=FRAGMENT)

    registered = ServiceRequest.objects.get()
    assert registered.category == category("home-plumbing-tap")
    assert (registered.urgency, registered.payer) == ("normal", "owner")
    assert registered.interaction == Interaction.objects.get()
    assert registered.interaction.answer == "request"
    assert f'<b class="big-number">{registered.number[-4:]}</b>' in answer.content.decode()


def test_chosen_values_win_over_derived_ones(cast, desk, category):
    tomorrow = timezone.now() + timedelta(days=1)
    desk.post(
        CREATE,
        sent(
            cast,
            action="request",
            category=category("common-lift-fault").pk,
            urgency="urgent",
            payer="company",
            window="custom",
            window_from=local(tomorrow),
            window_to=local(tomorrow + timedelta(hours=2)),
            channel="wechat",
        ),
    )

    registered = ServiceRequest.objects.get()
    assert (registered.category.code, registered.urgency, registered.payer) == (
        "common-lift-fault",
        "urgent",
        "company",
    )
    assert registered.channel == registered.interaction.channel == "wechat"
    assert registered.window_to - registered.window_from == timedelta(hours=2)


def test_a_complaint_keeps_the_wish_of_the_customer(cast, desk):
    desk.post(CREATE, sent(cast, action="request", kind="complaint", text="保安态度差", requested_remedy="道歉"))

    complaint = ServiceRequest.objects.get()
    assert (complaint.kind, complaint.state, complaint.text) == ("complaint", "received", "保安态度差")
    assert complaint.complaint.requested_remedy == "道歉"


def test_who_wants_to_stay_anonymous_is_not_named(cast, desk):
    desk.post(CREATE, sent(cast, action="request", kind="suggestion", text="多种树", is_anonymous="on"))

    registered = ServiceRequest.objects.get()
    assert registered.is_anonymous
    assert (registered.party, registered.caller_name, registered.interaction.person_name) == (None, "", "")


def test_the_tick_says_that_the_customer_agreed_to_the_price(cast, desk):
    lacking = desk.post(CREATE, sent(cast, action="request", price_agreed="on"))
    assert (lacking.status_code, list(lacking.context["form"].errors)) == (422, ["agreed_amount"])
    unticked = desk.post(CREATE, sent(cast, action="request", agreed_amount="80"))
    assert list(unticked.context["form"].errors) == ["price_agreed"]
    # Where somebody else pays, the tick that stands there from before means nothing.
    desk.post(CREATE, sent(cast, action="request", text="灯坏了", price_agreed="on", payer="company"))
    assert not ServiceRequest.objects.get().price_agreed
    desk.post(CREATE, sent(cast, action="request", price_agreed="on", agreed_amount="80"))

    assert ServiceRequest.objects.latest("pk").agreed_amount == 80


@pytest.mark.requirement("R-011")
def test_answering_later_makes_a_promise_with_a_clock(cast, desk):
    senior = {"promise_kind": "senior", "answerer": cast.supervisor.staff.pk}
    desk.post(CREATE, sent(cast, action="later", text="问停车费", **senior))

    promise = Promise.objects.get()
    assert promise.interaction.answer == "appointment"
    assert timedelta(minutes=118) < promise.due_at - timezone.now() <= timedelta(hours=2)


def test_the_same_form_sent_twice_makes_one_record(cast, desk):
    for _ in range(2):
        answer = desk.post(CREATE, sent(cast, action="request"))

    assert ServiceRequest.objects.count() == Interaction.objects.count() == 1
    assert answer.url == reverse("servicedesk:entry-show", args=[Interaction.objects.get().pk])


def test_an_old_form_with_another_matter_is_a_new_record(cast, desk):
    desk.post(CREATE, sent(cast))
    desk.post(CREATE, sent(cast, text="别的事"))

    assert Interaction.objects.count() == 2


@pytest.mark.requirement("E-049")
def test_a_late_entry_says_when_it_happened_and_after_72_hours_why(cast, desk):
    assert desk.post(CREATE, sent(cast, when="last_night")).status_code == 302
    interaction = Interaction.objects.get()
    assert timezone.localdate(interaction.occurred_at) == timezone.localdate() - timedelta(days=1)

    long_ago = {"text": "别的", "when": "at", "occurred_at": local(timezone.now() - timedelta(days=4))}
    refused = desk.post(CREATE, sent(cast, **long_ago))
    assert refused.status_code == 422
    assert "late_reason" in refused.context["form"].errors
    assert desk.post(CREATE, sent(cast, **long_ago, late_reason="系统停用")).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"text": "  "}, "text"),
        ({"text": "字" * 10_001}, "text"),
        ({"channel": "smoke"}, "channel"),
        ({"action": "request", "kind": "joke"}, "kind"),
        ({"action": "request", "category": "999999999"}, "category"),
        ({"action": "request", "window": "gestern/heute"}, "window"),
        ({"action": "request", "window": "custom"}, "window"),
        ({"when": "at"}, "occurred_at"),
        ({"when": "at", "occurred_at": "2026-02-30T10:00"}, "occurred_at"),
        ({"when": "at", "occurred_at": "2126-02-20T10:00"}, "occurred_at"),
        ({"person_phone": "abc"}, "person_phone"),
        ({"unit_code": "9-9-999"}, "unit_code"),
        ({"token": "x"}, "token"),
    ],
)
def test_bad_input_names_its_field_and_writes_nothing(cast, desk, wrong, field):
    answer = desk.post(CREATE, sent(cast, **wrong), headers=FRAGMENT)

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert (Interaction.objects.count(), ServiceRequest.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_photos_belong_to_the_request_and_to_its_touch(cast, desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    photo = picture("水.jpg")

    desk.post(CREATE, sent(cast, action="request", photos=photo))

    registered = ServiceRequest.objects.get()
    assert list(Attachment.objects.of(registered)) == list(Attachment.objects.of(registered.interaction)) != []


def test_a_program_called_jpg_is_refused_whole(cast, desk):
    program = SimpleUploadedFile("photo.jpg", b"MZ\x90\x00" + b"\x00" * 200, "image/jpeg")

    answer = desk.post(CREATE, sent(cast, action="request", photos=program))

    assert answer.status_code == 422
    assert ServiceRequest.objects.count() == 0


def test_an_unknown_caller_is_kept_as_a_contact_of_the_project(cast, desk):
    page = desk.get(NEW, {"phone": "13911112222"}).content.decode()
    assert 'value="13911112222"' in page

    desk.post(
        CREATE,
        sent(
            cast,
            unit=None,
            party=None,
            project=cast.sunshine.pk,
            person_name="刘女士",
            person_phone="139 1111 2222",
            save_contact="on",
        ),
    )

    interaction = Interaction.objects.get()
    assert (interaction.unit, interaction.party) == (None, Party.objects.get(name="刘女士"))
    assert interaction.party.contact_points.get().value == interaction.person_phone == "+8613911112222"
    assert Party.objects.visible_to(cast.receptionist).filter(pk=interaction.party_id).exists()


def test_a_unit_may_be_typed_where_none_was_opened(cast, desk):
    desk.post(CREATE, sent(cast, unit=None, party=None, project=cast.sunshine.pk, unit_code="21301"))

    assert Interaction.objects.get().unit == cast.unit


# One more voice --------------------------------------------------------------------------------------------------


def test_a_caller_joins_the_known_matter_instead_of_opening_another(cast, desk, known):
    desk.post(CREATE, sent(cast, text="我家也停水", join=known.pk, action=None))

    assert ServiceRequest.objects.get() == known
    joined = Interaction.objects.latest("pk")
    assert (joined.repeat_of, joined.answer) == (known.interaction, "request")
    assert known.number in joined.result
    assert Event.objects.get(verb="request.joined").subjects.filter(kind="servicerequest", object_id=known.pk).exists()


def test_somebody_else_s_request_cannot_be_joined(cast, client_of, known):
    answer = client_of(cast.west_steward).post(
        CREATE, sent(cast, unit=cast.west_unit.pk, party=cast.wang.pk, join=known.pk, action=None)
    )

    assert answer.status_code == 404
    assert Interaction.objects.count() == 1


# Who may ------------------------------------------------------------------------------------------------------------


def test_places_of_others_are_not_found(cast, client_of):
    for user in (cast.west_steward, cast.outsider):
        assert client_of(user).get(NEW, {"unit": cast.unit.pk}).status_code == 404
        assert client_of(user).post(CREATE, sent(cast)).status_code == 404
    assert Interaction.objects.count() == 0


def test_a_guard_registers_requests_but_logs_no_touches(cast, client_of):
    guard = client_of(cast.guard)

    page = guard.get(NEW, {"unit": cast.unit.pk}).content.decode()
    assert 'value="request"' in page
    assert 'value="answer"' not in page
    assert guard.post(CREATE, sent(cast)).status_code == 403
    assert guard.post(CREATE, sent(cast, action="request")).status_code == 302


def test_quality_may_do_neither(cast, client_of):
    assert client_of(cast.quality).get(NEW).status_code == 403


@pytest.mark.parametrize("wrong", [{"unit": "x"}, {"unit": "9" * 30}, {"project": "-1"}, {"party": "0x1"}])
def test_a_strange_address_is_not_found(desk, wrong):
    assert desk.get(NEW, wrong).status_code == 404


def test_the_form_costs_the_same_with_a_big_household(cast, desk):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(NEW, {"unit": cast.unit.pk}, headers=FRAGMENT).status_code == 200
        return len(queries)

    count()  # what is kept of the set-up is known from here on
    one = count()
    for number in range(3):
        party = Party.objects.create(name=f"家人{number}")
        PartyRole.objects.create(
            party=party,
            role="family",
            project=cast.sunshine,
            building=cast.unit.building,
            entrance=cast.unit.entrance,
            unit=cast.unit,
            during=("2024-01-01", None),
        )
    assert count() == one


def test_what_it_offers_is_never_older_than_the_set_up(cast, desk):
    """Categories, prices, people and places are kept in memory; a change of any shows at the next opening."""
    here = {"unit": cast.unit.pk}
    assert "水管渗漏" not in desk.get(NEW, here).text
    leak = ServiceCategory.objects.get(code="home-plumbing-leak")
    leak.name = "水管渗漏"
    save_category(leak, by=cast.manager)
    assert "水管渗漏" in desk.get(NEW, here).text

    item = ServiceItem(code="leak-x", name="换水管", category=leak, measure="次")
    save_item(item, by=cast.manager)
    for amount in (Decimal(123), Decimal(124)):
        set_price(item, project=None, amount=amount, by=cast.manager)
        text = desk.get(NEW, here).text
        assert f"{amount}" in text
        assert "换水管" in text
    assert "123" not in re.findall(r'data-price="[^"]*换水管[^"]*"', text)[0]

    assert "修管子的" not in text
    cast.worker.name = "修管子的"
    cast.worker.save()
    assert "修管子的" in desk.get(NEW, here).text
    StaffMember.objects.filter(user=cast.worker).update(left_on=timezone.localdate())
    assert "修管子的" not in desk.get(NEW, here).text

    TerritoryAssignment.objects.filter(staff__user=cast.receptionist).delete()
    assert desk.get(NEW, here).status_code == 404
