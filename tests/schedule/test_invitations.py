"""Who takes part gets a letter with a calendar file, from a mail server of this machine (R-250)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from icalendar import Calendar

from gongying.common.errors import Refused
from gongying.organization.operations.leave import enter_leave
from gongying.schedule.models import CalendarEvent, InvitationMail
from gongying.schedule.operations import answer_invitation, cancel_event, change_event, move_event, plan_event, plan_of
from gongying.schedule.operations.invitations import NOWHERE, send_invitations
from tests.schedule.test_calendar_events import a_plan, at
from tests.schedule.test_series import on, weekly
from tests.smtp import mail_server


@pytest.fixture
def server(cast, settings):
    for user, address in ((cast.steward, "wang@example.com"), (cast.supervisor, "li@example.com")):
        user.email = address
        user.save()
    with mail_server() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        yield running


def letters(server):
    """What came: (to, subject, method, the events in the file)."""
    send_invitations()
    found = []
    for letter in server.received:
        (file,) = letter.iter_attachments()
        assert file.get_content_type() == "text/calendar"
        content = file.get_payload(decode=True)
        found.append(
            (letter["To"], letter["Subject"], file.get_param("method"), Calendar.from_ical(content).walk("VEVENT"))
        )
    server.received.clear()
    return found


@pytest.mark.requirement("R-250")
def test_invited_moved_called_off_and_left_out_come_as_letters_that_a_calendar_reads(cast, server):
    event = plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, cast.steward), by=cast.supervisor)
    ((to, subject, method, (read,)),) = letters(server)
    assert (to, subject, method) == ("wang@example.com", "邀请：周例会", "REQUEST")
    assert (str(read["UID"]), read["SEQUENCE"], read.decoded("DTSTART")) == (event.uid, 0, at(4, 10))
    assert str(read["ORGANIZER"]) == "mailto:li@example.com"

    moved = move_event(event, starts_at=at(5, 9), ends_at=at(5, 10), by=cast.supervisor)
    ((_to, subject, method, (read,)),) = letters(server)
    assert (subject, method, read["SEQUENCE"], read.decoded("DTSTART")) == ("有变动：周例会", "REQUEST", 1, at(5, 9))

    answer_invitation(moved, answer="accepted", by=cast.steward)
    people = [cast.supervisor.staff, cast.quality.staff]
    alone = change_event(moved, replace(plan_of(moved), people=people), by=cast.supervisor)
    ((to, _subject, method, (read,)),) = letters(server)
    assert (to, method, str(read["STATUS"])) == ("wang@example.com", "CANCEL", "CANCELLED")

    again = change_event(alone, replace(plan_of(alone), people=[cast.steward.staff]), by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, read["SEQUENCE"]) == ("REQUEST", 3)

    cancel_event(again, by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, read["SEQUENCE"]) == ("CANCEL", 4)
    assert not letters(server)


@pytest.mark.requirement("R-250")
def test_of_a_series_one_time_is_called_off_then_the_rest_then_all(cast, server):
    weekly(cast)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, read["RRULE"].to_ical()) == ("REQUEST", b"FREQ=WEEKLY;UNTIL=20290625T155959Z")

    cancel_event(on(11), by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, read.decoded("RECURRENCE-ID")) == ("CANCEL", at(11, 10))

    cancel_event(on(25), scope="following", by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, read["RRULE"]["UNTIL"][0].day, read["EXDATE"].dts[0].dt) == ("REQUEST", 18, at(11, 10))

    move_event(on(18), starts_at=at(18, 14), ends_at=at(18, 15), scope="following", by=cast.supervisor)
    told = letters(server)
    assert sorted((method, components[0].decoded("DTSTART")) for _to, _subject, method, components in told) == [
        ("REQUEST", at(4, 10)),
        ("REQUEST", at(18, 14)),
    ]

    cancel_event(on(4), scope="all", by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, "RECURRENCE-ID" in read, str(read["STATUS"])) == ("CANCEL", False, "CANCELLED")


def test_a_letter_that_is_not_taken_is_tried_again_and_stops_no_other(cast, server):
    cast.quality.email = "nobody@example.com"
    cast.quality.save()
    people = (cast.supervisor, cast.quality, cast.steward)
    plan_event(a_plan(at(4, 10), at(4, 11), *people, title="周例会"), by=cast.supervisor)

    assert [to for to, *_rest in letters(server)] == ["wang@example.com"]
    waiting = InvitationMail.objects.get(sent_at=None)
    assert (waiting.tries, "nobody of that name" in waiting.error) == (1, True)
    assert send_invitations() == 0
    assert send_invitations(at=timezone.now() + timedelta(hours=1)) == 1


def test_a_letter_that_waits_is_replaced_by_the_next_one(cast, server):
    planned = plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, cast.steward), by=cast.supervisor)
    move_event(planned, starts_at=at(4, 14), ends_at=at(4, 15), by=cast.supervisor)

    assert [(method, each["SEQUENCE"]) for _to, _subject, method, (each,) in letters(server)] == [("REQUEST", 1)]


def test_without_a_mail_server_nothing_is_written(cast, settings):
    settings.EMAIL_BACKEND = NOWHERE
    cast.steward.email = "wang@example.com"
    cast.steward.save()
    plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, cast.steward), by=cast.supervisor)

    assert not InvitationMail.objects.exists()


def test_while_she_is_away_her_deputy_changes_what_she_arranged_but_not_what_is_private(cast, client_of):
    shared = plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor), by=cast.supervisor)
    private = plan_event(a_plan(at(5, 10), at(5, 11), cast.supervisor, is_private=True), by=cast.supervisor)
    edit = f"/calendar/events/{shared.pk}/cancel/"
    deputy = client_of(cast.worker)
    assert deputy.get(edit).status_code == 404

    today = timezone.localdate()
    last = today + timedelta(days=2)
    enter_leave(cast.supervisor.staff, first=today, last=last, deputy=cast.worker.staff, by=cast.manager)
    assert set(CalendarEvent.objects.visible_to(cast.worker)) == {shared}
    assert deputy.post(edit, {"version": 1}).status_code == 302
    assert deputy.get(f"/calendar/events/{private.pk}/cancel/").status_code == 404
    with pytest.raises(Refused):
        cancel_event(shared, by=cast.supervisor)


def test_what_was_moved_and_undone_before_a_letter_went_is_told_by_none(cast, server):
    planned = plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, cast.steward), by=cast.supervisor)
    letters(server)
    moved = move_event(planned, starts_at=at(4, 14), ends_at=at(4, 15), by=cast.supervisor)
    back = move_event(moved, starts_at=at(4, 10), ends_at=at(4, 11), by=cast.supervisor)
    assert letters(server) == []
    again = move_event(back, starts_at=at(4, 14), ends_at=at(4, 15), by=cast.supervisor)
    assert [subject for _to, subject, *_rest in letters(server)] == ["有变动：周例会"]

    asked_anew = answer_invitation(again, answer="accepted", by=cast.steward).event
    there = move_event(asked_anew, starts_at=at(5, 14), ends_at=at(5, 15), by=cast.supervisor)
    letters(server)
    cancel_event(there, by=cast.supervisor)
    assert [method for _to, _subject, method, _read in letters(server)] == ["CANCEL"]


def test_of_what_was_planned_and_called_off_before_a_letter_went_nobody_hears(cast, server):
    cancel_event(
        plan_event(a_plan(at(4, 10), at(4, 11), cast.supervisor, cast.steward), by=cast.supervisor), by=cast.supervisor
    )
    assert letters(server) == []


def test_a_letter_of_a_series_that_waits_is_replaced_by_one_that_says_all(cast, server):
    weekly(cast)
    cancel_event(on(11), by=cast.supervisor)
    ((_to, subject, method, (read,)),) = letters(server)
    assert (subject, method, read["EXDATE"].dts[0].dt) == ("邀请：周例会", "REQUEST", at(11, 10))

    move_event(on(18), starts_at=at(18, 12), ends_at=at(18, 13), by=cast.supervisor)
    move_event(on(18), starts_at=at(18, 16), ends_at=at(18, 17), by=cast.supervisor)
    ((_to, _subject, method, (_rule, read)),) = letters(server)
    assert (method, read.decoded("DTSTART")) == ("REQUEST", at(18, 16))

    move_event(on(18), starts_at=at(18, 9), ends_at=at(18, 10), by=cast.supervisor)
    cancel_event(on(4), scope="all", by=cast.supervisor)
    ((_to, _subject, method, (read,)),) = letters(server)
    assert (method, "RECURRENCE-ID" in read) == ("CANCEL", False)
    assert not InvitationMail.objects.waiting().exists()
