"""How fast a caller may ask. One statement a call, shared by all processes, no window whose edge lets twice as many through.

A caller has a moment at which she is even. Every call moves it one step ahead (a minute divided by the calls allowed in it), and
once it lies a whole minute ahead she waits: the calls of a minute may come all at once, then one by one.
"""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from gongying.common.problems import Problem

MINUTE = timedelta(minutes=1)
# By the clock and not by the transaction's beginning: a long transaction must not let its caller fall behind. Nobody is even more
# than a minute ahead: who seems to be was counted before the clock was set back, and begins anew.
STEP = """
    INSERT INTO accounts_callpace AS pace (caller, even_at) VALUES (%(caller)s, clock_timestamp() + %(step)s)
    ON CONFLICT (caller) DO UPDATE SET even_at = CASE
        WHEN pace.even_at > clock_timestamp() + %(minute)s THEN clock_timestamp()
        ELSE greatest(pace.even_at, clock_timestamp())
    END + %(step)s
    WHERE pace.even_at + %(step)s <= clock_timestamp() + %(minute)s OR pace.even_at > clock_timestamp() + %(minute)s
    RETURNING true
"""
WAIT = """
    SELECT greatest(ceil(extract(epoch FROM even_at + %(step)s - %(minute)s - clock_timestamp())), 1)::int
    FROM accounts_callpace WHERE caller = %(caller)s
"""


def pace(caller: str, *, per_minute: int) -> None:
    """Count one call. Raise the 429 that says when to come again; `per_minute` 0 sets no limit."""
    if per_minute <= 0:
        return
    given: dict[str, Any] = {"caller": caller, "step": MINUTE / per_minute, "minute": MINUTE}
    with connection.cursor() as cursor:
        cursor.execute(STEP, given)
        if cursor.fetchone():
            return
        cursor.execute(WAIT, given)
        found = cursor.fetchone()
    wait = str(found[0] if found else 1)
    raise Problem(
        429,
        _("More than %(calls)d calls a minute. Come again in %(wait)s s.") % {"calls": per_minute, "wait": wait},
        headers={"Retry-After": wait},
    )
