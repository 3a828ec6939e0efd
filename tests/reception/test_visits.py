"""A visitor's way through the front desk: every step, every refusal, and what the database itself holds."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.events.models import Event
from gongying.interactions.models import Interaction, Promise
from gongying.reception import operations as do
from gongying.reception.machines import TICKET
from gongying.reception.models import ReceptionTicket, VisitNote, VisitPurpose
from tests.race import race


def earlier(ticket, **ago):
    """As if the visitor had come that long ago."""
    moment = timezone.now() - timedelta(**ago)
    ReceptionTicket.objects.filter(pk=ticket.pk).update(arrived_at=moment, touched_at=moment)
    ticket.refresh_from_db()
    return ticket


@pytest.mark.requirement("R-145", "R-146")
def test_one_click_is_an_arrival_and_the_first_attention_is_measured(cast, arrive):
    ticket = earlier(arrive("payment"), seconds=40)
    assert (ticket.number, ticket.state, ticket.handler, ticket.visitor) == ("001", "waiting", None, "")

    do.attend_ticket(ticket, by=cast.receptionist)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.handler) == ("attending", cast.receptionist)
    assert timedelta(seconds=40) <= ticket.waited < timedelta(seconds=70)
    assert list(Event.objects.filter(verb__startswith="ticket.").order_by("pk").values_list("verb", flat=True)) == [
        "ticket.arrived",
        "ticket.attended",
    ]


def test_numbers_begin_anew_each_day_and_in_each_project(cast, arrive, purpose):
    assert [arrive().number, arrive("pickup").number] == ["001", "002"]
    elsewhere = do.register_arrival(by=cast.outsider, project=cast.park, purpose=purpose("payment"))
    assert elsewhere.number == "001"


def test_handling_time_leaves_out_what_lay_between(cast, arrive):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    start = timezone.now() - timedelta(minutes=10)
    ReceptionTicket.objects.filter(pk=ticket.pk).update(
        arrived_at=start, first_attended_at=start, attending_since=start
    )
    do.park_ticket(ticket, by=cast.receptionist)
    ReceptionTicket.objects.filter(pk=ticket.pk).update(handled=timedelta(minutes=4))
    do.resume_ticket(ticket, by=cast.receptionist)
    done = do.finish_ticket(ticket, by=cast.receptionist, result="已答复")
    assert timedelta(minutes=4) <= done.handled < timedelta(minutes=5)


@pytest.mark.requirement("R-145")
def test_a_finished_visit_is_one_touch_with_its_five_elements(cast, arrive):
    ticket = arrive("payment", unit=cast.unit, party=cast.zhou)
    do.attend_ticket(ticket, by=cast.receptionist)
    do.write_notes(ticket, by=cast.receptionist, text="问六月物业费为什么高")
    done = do.finish_ticket(ticket, by=cast.receptionist, result="已出示测算表")

    touch = Interaction.objects.get()
    assert done.interaction == touch
    assert (touch.occurred_at, touch.unit, touch.party, touch.person_name) == (
        ticket.arrived_at,
        cast.unit,
        cast.zhou,
        "周先生",
    )
    assert (touch.channel, touch.topic, touch.text, touch.result, touch.answer) == (
        "counter",
        "缴费",
        "问六月物业费为什么高",
        "已出示测算表",
        "explained",
    )
    logged = Event.objects.get(verb="interaction.logged")
    assert set(logged.subjects.values_list("kind", "object_id")) == {
        ("interaction", touch.pk),
        ("unit", cast.unit.pk),
        ("customer", cast.zhou.pk),
    }


def test_told_later_is_a_promise_with_a_time(cast, arrive):
    ticket = do.attend_ticket(arrive(unit=cast.unit), by=cast.receptionist)
    with pytest.raises(Refused):
        do.finish_ticket(ticket, by=cast.receptionist, result="另约", outcome="appointment")
    due_at = timezone.now() + timedelta(days=1)
    do.finish_ticket(ticket, by=cast.receptionist, result="明天答复", outcome="appointment", promise_at=due_at)
    promise = Promise.objects.get()
    assert (promise.due_at, promise.owner, promise.unit, promise.kind, promise.venue) == (
        due_at,
        cast.receptionist,
        cast.unit,
        "appointment",
        "前台",
    )


@pytest.mark.parametrize("result", ["", "  "])
def test_a_visit_without_a_result_is_not_finished(cast, arrive, result):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    with pytest.raises(Refused, match="处理结果"):
        do.finish_ticket(ticket, by=cast.receptionist, result=result)
    ticket.refresh_from_db()
    assert (ticket.state, Interaction.objects.count()) == ("attending", 0)


def test_who_turns_to_another_visitor_parks_the_one_before(cast, arrive):
    first, second = arrive(), arrive("pickup")
    do.attend_ticket(first, by=cast.receptionist)
    do.attend_ticket(second, by=cast.receptionist)
    states = dict(ReceptionTicket.objects.values_list("serial", "state"))
    assert states == {1: "parked", 2: "attending"}
    do.resume_ticket(first, by=cast.receptionist)
    assert dict(ReceptionTicket.objects.values_list("serial", "state")) == {1: "attending", 2: "parked"}


@pytest.mark.requirement("R-151")
def test_a_visitor_taken_over_keeps_number_and_notes(cast, arrive):
    ticket = do.attend_ticket(arrive("decoration"), by=cast.receptionist)
    first = ticket.first_attended_at
    do.write_notes(ticket, by=cast.receptionist, text="要办装修")
    taken = do.take_over_ticket(ticket, by=cast.supervisor)
    assert (taken.handler, taken.number, taken.first_attended_at) == (cast.supervisor, "001", first)
    assert [(note.by, note.text) for note in VisitNote.objects.latest_of_each(taken)] == [
        (cast.receptionist, "要办装修")
    ]
    for refused in (do.park_ticket, do.take_over_ticket):
        with pytest.raises(Refused):
            refused(ticket, by=cast.receptionist if refused is do.park_ticket else cast.supervisor)


@pytest.mark.parametrize(
    ("state", "verb"),
    [
        (state, verb)
        for state in ("waiting", "attending", "parked", "done", "left_unseen")
        for verb in ("attend", "resume", "park", "finish", "take_over", "leave")
        if TICKET.find(verb, state) is None
    ],
)
def test_what_the_table_does_not_list_is_refused(cast, arrive, state, verb):
    ticket = in_state(state, cast, arrive)
    acts = {
        "attend": lambda: do.attend_ticket(ticket, by=cast.receptionist),
        "resume": lambda: do.resume_ticket(ticket, by=cast.receptionist),
        "park": lambda: do.park_ticket(ticket, by=cast.receptionist),
        "finish": lambda: do.finish_ticket(ticket, by=cast.receptionist, result="好了"),
        "take_over": lambda: do.take_over_ticket(ticket, by=cast.supervisor),
        "leave": lambda: do.record_departure(ticket, by=cast.receptionist),
    }
    with pytest.raises(Refused):
        acts[verb]()
    assert ReceptionTicket.objects.get(pk=ticket.pk).state == state


def in_state(state, cast, arrive):
    ticket = arrive()
    if state == "left_unseen":
        return do.record_departure(ticket, by=cast.receptionist)
    if state != "waiting":
        do.attend_ticket(ticket, by=cast.receptionist)
    if state == "parked":
        do.park_ticket(ticket, by=cast.receptionist)
    if state == "done":
        do.finish_ticket(ticket, by=cast.receptionist, result="好了")
    return ticket


def test_the_database_refuses_what_the_table_does_not_list(cast, arrive):
    ticket = arrive()
    rows = ReceptionTicket.objects.filter(pk=ticket.pk)
    now = timezone.now()
    wrong = [
        lambda: rows.update(state="done", ended_at=now),
        lambda: rows.update(state="attending"),
        lambda: rows.update(ended_at=now),
        rows.delete,
        lambda: ReceptionTicket.objects.filter(pk=arrive().pk).update(serial=ticket.serial),
    ]
    for write in wrong:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()


@pytest.mark.requirement("R-149")
def test_asking_for_patience_is_attention_and_begins_the_wait_anew(cast, arrive):
    ticket = earlier(arrive(), minutes=6)
    assert ticket.urgency == "late"
    do.ask_to_wait(ticket, by=cast.receptionist)
    ticket.refresh_from_db()
    assert (ticket.urgency, ticket.state) == ("", "waiting")
    assert ticket.waited > timedelta(minutes=6)
    assert Event.objects.filter(verb="ticket.asked_to_wait", actor=cast.receptionist).count() == 1


@pytest.mark.parametrize(("minutes", "tone"), [(2, ""), (3, "soon"), (4, "soon"), (5, "late"), (60, "late")])
def test_a_wait_is_amber_after_three_minutes_and_red_after_five(arrive, minutes, tone):
    assert earlier(arrive(), minutes=minutes, seconds=1).urgency == tone


def test_the_household_and_the_person_may_follow(cast, arrive, purpose):
    ticket = arrive()
    do.identify_visitor(
        ticket, by=cast.receptionist, unit=cast.unit, party=cast.zhou, purpose=purpose("enquiry"), seen=1
    )
    ticket.refresh_from_db()
    assert (ticket.unit, ticket.building, ticket.visitor, ticket.purpose.key) == (
        cast.unit,
        cast.unit.building,
        "2-1-301 周先生",
        "enquiry",
    )
    with pytest.raises(Stale):
        do.identify_visitor(ticket, by=cast.supervisor, person_name="王先生", seen=1)
    with pytest.raises(Refused):
        do.identify_visitor(ticket, by=cast.receptionist, unit=cast.park_unit)


def test_every_saving_of_notes_is_kept_and_each_writes_her_own(cast, arrive):
    ticket = do.attend_ticket(arrive(), by=cast.receptionist)
    for version, text in enumerate(["问费", "问费用构成"]):
        do.write_notes(ticket, by=cast.receptionist, text=text, seen=version)
    do.write_notes(ticket, by=cast.receptionist, text="问费用构成", seen=0)  # sent once more: nothing new
    with pytest.raises(Stale) as stale:
        do.write_notes(ticket, by=cast.receptionist, text="另一个窗口", seen=1)
    assert stale.value.current == {"version": 2, "text": "问费用构成"}
    do.write_notes(ticket, by=cast.supervisor, text="主管的话", seen=0)

    assert list(VisitNote.objects.filter(by=cast.receptionist).order_by("version").values_list("text", flat=True)) == [
        "问费",
        "问费用构成",
    ]
    assert [note.text for note in VisitNote.objects.latest_of_each(ticket)] == ["问费用构成", "主管的话"]


def test_a_project_may_have_its_own_purposes(cast, arrive, purpose):
    own = do.change_purpose(
        purpose("pickup"), project=cast.sunshine, by=cast.manager, name="取快递", minutes=3, is_offered=True
    )
    here = {chip.key: (chip.name, chip.minutes) for chip in VisitPurpose.objects.offered_in(cast.sunshine)}
    there = {chip.key: (chip.name, chip.minutes) for chip in VisitPurpose.objects.offered_in(cast.park)}
    assert (here["pickup"], there["pickup"], len(here)) == (("取快递", 3), ("取件", 1), 8)
    with pytest.raises(Refused):
        arrive("pickup")  # the company's own does not hold here any more
    do.change_purpose(own, project=cast.sunshine, by=cast.manager, name="取快递", minutes=3, is_offered=False, seen=1)
    with pytest.raises(Stale):
        do.change_purpose(own, project=cast.sunshine, by=cast.manager, name="x", minutes=3, is_offered=True, seen=1)
    assert VisitPurpose.objects.offered_in(cast.sunshine).count() == 7


@pytest.mark.django_db(transaction=True)
def test_of_two_who_receive_the_same_visitor_one_does(cast, arrive):
    ticket = arrive()
    results = race(
        lambda: do.attend_ticket(ticket, by=cast.receptionist), lambda: do.attend_ticket(ticket, by=cast.supervisor)
    )
    assert sorted(type(result).__name__ for result in results) == ["ReceptionTicket", "Refused"]
    winner = next(result for result in results if isinstance(result, ReceptionTicket))
    ticket.refresh_from_db()
    assert ticket.handler == winner.handler
    assert Event.objects.filter(verb="ticket.attended").count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_person_never_receives_two_and_ten_arrivals_get_ten_numbers(cast, arrive):
    tickets = race(*[arrive] * 10)
    assert sorted(ticket.number for ticket in tickets) == [f"{n:03d}" for n in range(1, 11)]
    results = race(*[lambda ticket=ticket: do.attend_ticket(ticket, by=cast.receptionist) for ticket in tickets[:4]])
    assert {type(result).__name__ for result in results} <= {"ReceptionTicket", "Refused"}
    assert ReceptionTicket.objects.filter(handler=cast.receptionist, state="attending").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_turn_to_each_others_visitors_do_not_block_each_other(cast, arrive):
    first, second = arrive(), arrive()
    do.attend_ticket(first, by=cast.manager)
    do.attend_ticket(second, by=cast.supervisor)
    results = race(
        lambda: do.take_over_ticket(second, by=cast.manager), lambda: do.take_over_ticket(first, by=cast.supervisor)
    )
    assert {type(result).__name__ for result in results} <= {"ReceptionTicket", "Refused"}
    assert ReceptionTicket.objects.filter(state="attending").count() >= 1
