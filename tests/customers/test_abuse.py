"""Abuse of a colleague: written down by her, seen by supervisors only, settled by another (R-029)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.customers.models import AbusiveContact
from gongying.customers.operations import record_abuse, settle_abuse
from gongying.notifications.models import Notification


@pytest.mark.requirement("R-029")
def test_supervisors_hear_of_abuse_and_nobody_else_sees_it(cast, client_of):
    browser = client_of(cast.receptionist)
    facts = {
        "project": cast.sunshine.pk,
        "unit_code": "21301",
        "kind": "threat",
        "words": "扬言要打人",
        "wants_relief": "on",
    }
    create = reverse("customers:abuse-create")
    assert browser.post(create, {**facts, "words": ""}).status_code == 422
    assert browser.post(create, facts).status_code == 302
    abuse = AbusiveContact.objects.get()
    assert (abuse.colleague, abuse.unit, abuse.wants_relief) == (cast.receptionist, cast.unit, True)
    told = set(Notification.objects.filter(event__verb="abuse.recorded").values_list("user__name", flat=True))
    assert "李主管" in told
    assert "小赵" not in told
    show = reverse("customers:abuse-show", args=[abuse.pk])
    assert "扬言要打人" in client_of(cast.supervisor).get(show).content.decode()
    for user in (cast.receptionist, cast.steward, cast.guard):
        assert client_of(user).get(show).status_code == 403
    timeline = reverse("events:timeline-index", args=["unit", cast.unit.pk])
    assert "辱骂" not in client_of(cast.steward).get(timeline).content.decode()
    assert not AbusiveContact.objects.visible_to(cast.steward).exists()


@pytest.mark.requirement("R-029")
def test_abuse_is_settled_once_by_another(cast):
    with pytest.raises(Refused):
        record_abuse(
            cast.sunshine, by=cast.guard, kind="insult", words="骂人", happened_at=timezone.now() + timedelta(hours=1)
        )
    abuse = record_abuse(cast.sunshine, by=cast.supervisor, kind="insult", words="骂人")
    with pytest.raises(Refused):
        settle_abuse(abuse, by=cast.supervisor, settlement="算了")
    settle_abuse(abuse, by=cast.manager, settlement="上门沟通，业主致歉")
    with pytest.raises(Refused, match="周经理"):
        settle_abuse(abuse, by=cast.manager, settlement="再来")
    assert Notification.objects.filter(event__verb="abuse.settled", user=cast.supervisor).exists()
