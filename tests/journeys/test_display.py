"""The screen of the waiting area: it is heard, and it stays what it is when its log-in has ended (R-149)."""

import pytest

from gongying.reception.models import VisitPurpose
from gongying.reception.operations import attend_ticket, register_arrival

LISTEN = """() => {
  window.rings = 0;
  const start = AudioScheduledSourceNode.prototype.start;
  AudioScheduledSourceNode.prototype.start = function (...when) { window.rings += 1; return start.apply(this, when); };
}"""


def call_somebody(cast):
    purpose = VisitPurpose.objects.get(project=None, key="payment")
    ticket = register_arrival(project=cast.sunshine, purpose=purpose, by=cast.receptionist)
    return attend_ticket(ticket, by=cast.receptionist)


@pytest.mark.requirement("R-149")
def test_a_called_number_is_heard_and_no_visitor_sees_a_page_to_log_in(push, cast, open_desk):
    screen = open_desk(cast.receptionist)
    screen.open("/reception/display/?sound=1")
    screen.page.evaluate(LISTEN)

    first = call_somebody(cast)
    screen.sees("[data-called]", text=first.number)
    screen.page.wait_for_function("window.rings === 1")

    log_in = screen.page.context.cookies()
    screen.page.context.clear_cookies()
    call_somebody(cast)
    screen.sees("[data-ended]")
    screen.sees("[data-called]", text=first.number)

    screen.page.context.add_cookies(log_in)
    next_one = call_somebody(cast)
    screen.sees("[data-called]", text=next_one.number)
    screen.page.wait_for_selector("[data-ended]", state="hidden")
    assert not screen.complaints
