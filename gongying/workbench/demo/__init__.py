"""The demo: a coherent story of two projects and three months, told through the real operations.

Everything follows from the day it is loaded on and one seed, so that two installations loaded on the same day agree.
"""

import hashlib
import hmac
import random
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.estates.models import Project
from gongying.notifications.models import Notification
from gongying.organization.models import StaffMember
from gongying.servicedesk.operations.samples import draw_samples, monday_of
from gongying.workbench.demo.calendar import fill_calendar
from gongying.workbench.demo.claims import abuse_a_colleague, claim_here_and_there, sit_down
from gongying.workbench.demo.company import build_company
from gongying.workbench.demo.concessions import concede_here_and_there, open_the_shop
from gongying.workbench.demo.conduct import look_at_ourselves
from gongying.workbench.demo.custody import fill_the_custody
from gongying.workbench.demo.days import fill_the_days
from gongying.workbench.demo.disputes import mediate_between_neighbours
from gongying.workbench.demo.duty import draw_up_roster
from gongying.workbench.demo.fit_outs import fit_out_some_units
from gongying.workbench.demo.hand_overs import hand_over_a_building
from gongying.workbench.demo.letters import let_customers_write
from gongying.workbench.demo.moods import tell_the_moods
from gongying.workbench.demo.papers import lay_out_papers
from gongying.workbench.demo.people import settle_people
from gongying.workbench.demo.reviews import look_back_together
from gongying.workbench.demo.story import tell_story
from gongying.workbench.demo.texts import read
from gongying.workbench.demo.visitors import receive_visitors

SEED = 20261121
DAYS = 92
NOTICES_UNREAD_FOR = timedelta(days=2)
Say = Callable[[str], None]


@transaction.atomic
def load_demo(*, say: Say, days: int = DAYS) -> None:
    """All or nothing; refuses where the installation is in use already."""
    if Project.objects.exists() or User.objects.exists():
        raise Refused(_("This installation is in use already: the demo is loaded into an empty one only."))
    chance = random.Random(SEED)  # noqa: S311 a story, not a secret
    now = timezone.now().replace(second=0, microsecond=0)
    say("1/3 company")
    cast = build_company(password=demo_password(), since=timezone.localdate(now) - timedelta(days=900))
    draw_up_roster(cast, today=timezone.localdate(now))
    open_the_shop(cast, since=now - timedelta(days=300))
    sit_down(cast)
    lay_out_papers(cast, since=now - timedelta(days=200))
    say("2/3 people")
    settle_people(cast, chance=chance, since=timezone.localdate(now) - timedelta(days=800))
    say("3/3 story")
    tell_story(cast, chance=chance, now=now, days=days, say=say)
    fill_calendar(cast, now=now)
    concede_here_and_there(cast, chance=chance, now=now)
    fill_the_custody(cast, now=now)
    fit_out_some_units(cast, now=now)
    look_at_ourselves(cast, now=now)
    tell_the_moods(cast, chance=random.Random(SEED), now=now)  # noqa: S311 a story of its own
    fill_the_days(cast, chance=chance, now=now)
    let_customers_write(cast, now=now)
    mediate_between_neighbours(cast, now=now)
    look_back_together(cast, now=now)
    claim_here_and_there(cast, chance=chance, now=now)
    abuse_a_colleague(cast, now=now)
    receive_visitors(cast, chance=chance, now=now)
    hand_over_a_building(cast, now=now)
    draw_samples(week=monday_of(timezone.localdate(now)) - timedelta(days=7))
    old = Notification.objects.filter(at__lt=now - NOTICES_UNREAD_FOR)
    old.update(read_at=F("at") + timedelta(hours=1))


def demo_password() -> str:
    """One password for all demo log-ins; another one in every installation, so that nobody guesses it from outside."""
    digest = hmac.new(settings.SECRET_KEY.encode(), b"demo", hashlib.sha256).hexdigest()
    return f"demo-{int(digest[:12], 16) % 10**6:06d}"


def demo_logins() -> list[tuple[str, str, str, str]]:
    """Role, name, log-in and password of every demo log-in that still has that password."""
    password = demo_password()
    # They share one hash, as they were made: trying it for each takes a third of a second.
    fits = cache(lambda hashed: check_password(password, hashed))
    rows = []
    for entry in read("company")["staff"]:
        staff = StaffMember.objects.filter(user__username=entry["login"], user__name=entry["name"]).first()
        if staff is not None and fits(staff.user.password):
            roles = ", ".join(role.label for role in staff.roles.all())
            rows.append((roles, staff.name, staff.user.username, password))
    return rows
