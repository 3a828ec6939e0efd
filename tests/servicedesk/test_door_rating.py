"""The customer rates at the door, once, without a log-in, tied to the job and to who did it (R-221, scenario A-02)."""

from datetime import timedelta

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone

from gongying.common.errors import Refused
from gongying.files.models import Attachment
from gongying.notifications.models import Notification
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import DoorRating, WorkOrder
from gongying.servicedesk.models.ratings import SALT, rating_token
from tests.servicedesk.test_field_photos import camera
from tests.servicedesk.walks import TICKS, url


@pytest.fixture
def on_site(register, cast):
    job = do.dispatch_work(register(), by=cast.supervisor, doer=cast.worker)
    return do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)


@pytest.fixture
def done(on_site, cast):
    return do.complete_work(on_site, by=cast.worker, ticks=TICKS, result="更换软管")


def rate(client, job, **given):
    return client.post(url("door-rating", rating_token(job)), given)


@pytest.mark.requirement("R-221")
def test_five_at_the_door_checks_the_work_and_names_who_did_it(client, done, cast):
    page = client.get(url("door-rating", rating_token(done)))
    assert page.status_code == 200
    assert rate(client, done, score="5", words="又快又干净").status_code == 200

    rating = DoorRating.objects.get()
    assert (rating.work_order, rating.doer, rating.score, rating.words) == (done, cast.worker, 5, "又快又干净")
    done.refresh_from_db()
    assert done.state == "checked"
    assert done.workchecks.get().method == "door_rating"


def test_the_page_names_no_person_and_no_place_beyond_the_end_of_the_unit(client, done, cast):
    page = client.get(url("door-rating", rating_token(done))).content.decode()
    assert "301" in page
    for secret in ("2-1-301", "周先生", "13800", "厨房水管漏水", str(done.service_request.project)):
        assert secret not in page


def test_a_low_rating_leaves_the_check_open_and_tells_the_lead(client, done, cast):
    rate(client, done, score="2", words="还在滴水")
    done.refresh_from_db()
    assert done.state == "done"
    told = Notification.objects.filter(event__verb="work.rated").values_list("user__name", flat=True)
    assert cast.supervisor.name in set(told)


def test_it_is_rated_once(client, done):
    rate(client, done, score="5")
    again = rate(client, done, score="1")
    assert again.status_code == 200
    assert "data-rated" in again.content.decode()
    assert DoorRating.objects.get().score == 5
    with pytest.raises(Refused, match="rated already"):
        do.rate_work(done, score=1)


def test_a_job_that_is_not_finished_cannot_be_rated(client, on_site):
    assert "score" not in client.get(url("door-rating", rating_token(on_site))).content.decode()
    rate(client, on_site, score="5")
    assert not DoorRating.objects.exists()
    with pytest.raises(Refused, match="not finished"):
        do.rate_work(on_site, score=5)


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "5.5", "x"])
def test_an_absurd_score_is_named(client, done, score):
    assert rate(client, done, score=score).status_code == 422
    assert not DoorRating.objects.exists()


def test_only_a_link_that_we_signed_holds_and_for_three_days(client, done):
    forged = signing.dumps(done.pk, salt="another")
    holds = rating_token(done)
    altered = holds[:-1] + ("B" if holds.endswith("A") else "A")
    for token in (str(done.pk), forged, altered):
        assert client.get(url("door-rating", token)).status_code == 404
    old = signing.TimestampSigner(salt=SALT)
    old.timestamp = lambda: signing.b62_encode(int((timezone.now() - timedelta(days=4)).timestamp()))
    assert client.get(url("door-rating", old.sign_object(done.pk))).status_code == 404


def test_one_address_may_not_try_without_end(client, done):
    codes = {client.get(url("door-rating", "x")).status_code for _ in range(25)}
    assert codes == {404, 429}


def test_the_database_keeps_a_rating_as_written(done):
    rating = do.rate_work(done, score=2)
    for statement in ("UPDATE servicedesk_doorrating SET score = 5", "DELETE FROM servicedesk_doorrating"):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert DoorRating.objects.get(pk=rating.pk).score == 2


def test_the_worker_shows_the_code_until_it_is_rated(client_of, cast, done):
    page = client_of(cast.worker).get(url("work-order-show", done.pk)).content.decode()
    assert "/rate/" in page
    assert "<path d=" in page
    do.rate_work(done, score=5)
    assert "/rate/" not in client_of(cast.worker).get(url("work-order-show", done.pk)).content.decode()


def test_a_signature_checks_the_work(on_site, cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    signed = SimpleUploadedFile("signature.jpg", camera(size=(300, 160)), "image/jpeg")
    do.complete_work(on_site, by=cast.worker, ticks=TICKS, result="更换软管", signature=signed)
    job = WorkOrder.objects.get(pk=on_site.pk)
    assert (job.state, job.workchecks.get().method) == ("checked", "customer_signed")
    assert Attachment.objects.of(job, label="signature").get().original is None
