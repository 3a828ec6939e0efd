"""What whoever comes to the door has to know: short, for a time, and of the frail only by consent (E-002, ux.md 2.6)."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.customers.models import HouseholdWarning
from gongying.customers.operations import end_warning, give_consent, warn_of, withdraw_consent
from gongying.events.models import Event
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import ServiceCategory
from tests.conftest import Cast
from tests.prices import AGREED
from tests.servicedesk.walks import TICKS, work_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def in_force(cast: Cast) -> list[str]:
    return [warning.kind for warning in HouseholdWarning.objects.in_force().filter(unit=cast.unit)]


def test_a_warning_holds_half_a_year_unless_it_is_taken_away(cast: Cast) -> None:
    warning = warn_of(cast.unit, kind="dog", note=" 大狗，不咬人 ", by=cast.steward)
    assert (warning.note, warning.last_day) == ("大狗，不咬人", TODAY + timedelta(days=180))
    assert in_force(cast) == ["dog"]
    with pytest.raises(Refused, match="there already"):
        warn_of(cast.unit, kind="dog", by=cast.steward)
    HouseholdWarning.objects.update(during=(TODAY - timedelta(days=9), TODAY))
    assert in_force(cast) == []
    again = warn_of(cast.unit, kind="dog", by=cast.steward)
    end_warning(again, by=cast.steward)
    assert in_force(cast) == []
    with pytest.raises(Refused, match="taken away already"):
        end_warning(again, by=cast.steward)


@pytest.mark.parametrize("days", [-1, 367])
def test_no_warning_of_the_past_or_for_ever(cast: Cast, days: int) -> None:
    with pytest.raises(Refused, match="for a year at most"):
        warn_of(cast.unit, kind="dog", by=cast.steward, last_day=TODAY + timedelta(days=days))


@pytest.mark.requirement("E-002")
def test_that_somebody_is_frail_rests_on_her_consent_and_goes_with_it(cast: Cast) -> None:
    with pytest.raises(Refused, match="note the consent first"):
        warn_of(cast.unit, kind="frail", by=cast.steward)
    # Somebody else's consent is no consent.
    give_consent(cast.wang, purpose="care", by=cast.steward, text_version="1", channel="paper")
    with pytest.raises(Refused, match="note the consent first"):
        warn_of(cast.unit, kind="frail", by=cast.steward)
    consent = give_consent(cast.zhou, purpose="care", by=cast.steward, text_version="1", channel="paper")
    warn_of(cast.unit, kind="frail", by=cast.steward)
    assert in_force(cast) == ["frail"]
    assert Event.objects.get(verb="warning.entered").details["kind"] == ""
    withdraw_consent(consent, by=cast.steward)
    assert in_force(cast) == []
    attempt = "UPDATE customers_householdwarning SET consent_id = NULL"
    with (
        pytest.raises(IntegrityError, match="warning_of_the_frail_by_consent"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(attempt)


def test_the_steward_enters_it_and_the_worker_sees_it_while_he_has_the_job(cast, client_of) -> None:
    steward, worker = client_of(cast.steward), client_of(cast.worker)
    create = reverse("customers:warning-create", args=[cast.unit.pk])
    assert steward.post(create, {"kind": "other", "last_day": TODAY.isoformat()}).status_code == 422
    sent = {"kind": "key", "note": "找小赵", "last_day": (TODAY + timedelta(days=30)).isoformat()}
    assert steward.post(create, sent).status_code == 302
    panel = steward.get(reverse("customers:warning-index", args=[cast.unit.pk])).content.decode()
    assert "钥匙在前台 · 找小赵" in panel

    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    register = partial(
        do.register_request,
        by=cast.receptionist,
        kind="repair",
        category=category,
        text="漏水",
        channel="phone",
        **AGREED,
        unit=cast.unit,
    )
    job = work_in("on_site", cast, register)
    page = partial(worker.get, reverse("servicedesk:work-order-show", args=[job.pk]))
    assert "钥匙在前台 · 找小赵" in page().content.decode()
    # A colleague who looks at it does not need it, nor does he himself when it is done.
    colleague = client_of(cast.supervisor).get(reverse("servicedesk:work-order-show", args=[job.pk]))
    assert "钥匙在前台" not in colleague.content.decode()
    do.complete_work(job, by=cast.worker, ticks=TICKS)
    assert "钥匙在前台" not in page().content.decode()
