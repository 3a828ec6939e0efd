"""Who takes part is written to as well, with a calendar file that her own program reads: invited, changed, called off."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from gongying.accounts.models import User
from gongying.organization.models import StaffMember
from gongying.schedule.enums import MailMethod
from gongying.schedule.ics import calendar_file, cancellation_file, with_all_it_tells
from gongying.schedule.models import CalendarEvent, InvitationMail
from gongying.schedule.operations.clashes import in_words
from gongying.schedule.recurrence_words import in_words as repetition_in_words

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"
FILE_NAME = "invite.ics"
LONGEST_ERROR = 300
FIRST_PAUSE = timedelta(minutes=2)

logger = logging.getLogger(__name__)


def write_invitations(event: CalendarEvent, people: Iterable[StaffMember], *, by: User) -> None:
    """What stands in the calendar now, to everybody who takes part; of a series all of her times."""
    _write(event, people, MailMethod.REQUEST, by=by)


def write_cancellations(event: CalendarEvent, people: Iterable[StaffMember], *, by: User) -> None:
    """It is gone from these people's calendars: called off, or without them."""
    _write(event, people, MailMethod.CANCEL, by=by)


def send_invitations(*, at: datetime | None = None) -> int:
    """Send what is due, each letter in a transaction of its own. How many were tried."""
    number = 0
    while _send_next(at or timezone.now()):
        number += 1
    return number


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="send_invitations", pass_context=False)
def send_invitations_later(timestamp: int) -> None:
    send_invitations()


@transaction.atomic
def _send_next(at: datetime) -> bool:
    rows = InvitationMail.objects.due(at).select_for_update(skip_locked=True, no_key=True)
    letter = rows.order_by("try_at", "pk").first()
    if letter is None:
        return False
    try:
        _message(letter).send()
    except (SMTPException, OSError) as error:
        letter.tries += 1
        letter.try_at = at + FIRST_PAUSE * 2**letter.tries
        letter.error = str(error)[:LONGEST_ERROR]
        logger.warning("An invitation could not be sent: %s", letter.error)
    else:
        letter.sent_at, letter.error = timezone.now(), ""
    letter.save(update_fields=["tries", "try_at", "error", "sent_at"])
    return True


def _message(letter: InvitationMail) -> EmailMessage:
    message = EmailMessage(letter.subject, letter.body, to=[letter.address])
    message.attach(FILE_NAME, letter.content, f"text/calendar; method={letter.method}; charset=utf-8")
    return message


def _write(event: CalendarEvent, people: Iterable[StaffMember], method: MailMethod, *, by: User) -> None:
    """Nobody writes to herself; an installation without a mail server writes nothing."""
    if settings.EMAIL_BACKEND == NOWHERE:
        return
    readers = {staff.user.pk: staff.user for staff in people if staff.user.email and staff.user.is_active}
    readers.pop(by.pk, None)
    if not readers:
        return
    letters = InvitationMail.objects.filter(_of(event), user__in=readers)
    # What still waits for the mail server is no longer so: an old time must not arrive after the new one.
    unsent = {letter.pk: letter.user_id for letter in letters.waiting().select_for_update(of=("self",), no_key=True)}
    InvitationMail.objects.filter(pk__in=unsent).delete()
    sent = {letter.user_id: letter for letter in letters.order_by("pk")}
    with translation.override(settings.LANGUAGE_CODE):
        rows = [
            _letter(event, reader, method, last=sent.get(reader.pk), is_behind=reader.pk in unsent.values())
            for reader in readers.values()
        ]
    InvitationMail.objects.bulk_create(row for row in rows if row is not None)


def _of(event: CalendarEvent) -> Q:
    """The letters about it, and about the other times of its series."""
    return Q(event=event) | Q(event__series=event.series_id) if event.series_id else Q(event=event)


def _letter(
    event: CalendarEvent, reader: User, method: MailMethod, *, last: InvitationMail | None, is_behind: bool
) -> InvitationMail | None:
    """None where she has been written just this already, or was never written of what is gone."""
    hers = CalendarEvent.objects.in_series(event).planned().filter(attendees__staff__user=reader)
    if is_behind and event.series_id and hers.exists():
        method = MailMethod.REQUEST  # that one time is gone tells her nothing who does not know of the others
    if method == MailMethod.CANCEL:
        if last is None:
            return None
        content = cancellation_file(_whole(event), is_all=not hers.exists())
    elif rows := list(with_all_it_tells(hers)):
        content = calendar_file(rows, method=method)
    else:
        return None
    letter = InvitationMail(
        event=event,
        user=reader,
        address=reader.email,
        method=method,
        subject=" ".join(_subject(event, method, last).split()),
        body=_body(event),
        content=content.decode(),
    )
    return None if last is not None and _told(last) == _told(letter) else letter


def _told(letter: InvitationMail) -> list[str]:
    """What a calendar file says but its number and when it was written."""
    return [line for line in letter.content.splitlines() if not line.startswith(("SEQUENCE:", "DTSTAMP:"))]


def _whole(event: CalendarEvent) -> CalendarEvent:
    return with_all_it_tells(CalendarEvent.objects.filter(pk=event.pk)).get()


def _subject(event: CalendarEvent, method: MailMethod, last: InvitationMail | None) -> str:
    if method == MailMethod.CANCEL:
        return _("Cancelled: %(title)s") % {"title": event.title}
    if last is not None and last.method == MailMethod.REQUEST:
        return _("Changed: %(title)s") % {"title": event.title}
    return _("Invitation: %(title)s") % {"title": event.title}


def _body(event: CalendarEvent) -> str:
    lines = [event.title, in_words(event.starts_at, event.ends_at)]
    if event.series:
        lines.append(repetition_in_words(event.series.parsed))
    lines += [event.location, _("arranged by %(name)s") % {"name": event.organizer}, "", event.note]
    return "\n".join(line for line in lines if line)
