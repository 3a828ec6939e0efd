from datetime import timedelta

import pytest
from django.utils import timezone

from gongying.servicedesk.operations import (
    record_follow_up,
)
from tests.reports.matters import do, finish, register


@pytest.fixture
def story(cast):
    """Closed and content; sent back; told, not reached; not accepted yet; a complaint. Two of them at one unit."""
    window = (timezone.now() - timedelta(hours=1), timezone.now() + timedelta(hours=2))
    missed = (timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=1, hours=2))
    made = {
        "content": finish(cast, register(cast, window=window)),
        "sent_back": finish(
            cast, register(cast, window=missed, unit=cast.west_unit, party=cast.wang), score=2, doer=cast.second_worker
        ),
        "unreached": do(cast, register(cast)),
        "new": register(cast, kind="enquiry"),
        "complaint": register(cast, kind="complaint"),
    }
    record_follow_up(made["unreached"], by=cast.receptionist, reached=False)
    return made
