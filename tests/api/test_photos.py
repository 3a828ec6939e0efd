"""A program hands photos in first and names them where they belong: in a registration, in a completion."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.utils import timezone

from gongying.files.models import Attachment, Deposit
from gongying.files.operations import hand_in, remove_old_deposits
from gongying.interactions.models import Interaction
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import ServiceCategory, ServiceRequest, WorkCompletion, WorkOrder
from gongying.servicedesk.operations import accept_request, dispatch_work, register_request
from tests.api.conftest import BASE, Caller, fields, problem
from tests.api.test_requests import leak, repair
from tests.conftest import Cast
from tests.files.test_attachments import HOSTILE, picture
from tests.prices import AGREED


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def send_in(caller: Caller, file: SimpleUploadedFile) -> Any:
    return caller.client.post(f"{BASE}/attachments", {"file": file}, headers=caller.headers)


def photo(caller: Caller, name: str = "a.jpg") -> int:
    answer = send_in(caller, picture(name))
    assert answer.status_code == 201, answer.content.decode()
    pk: int = answer.json()["id"]
    return pk


def on_site(cast: Cast) -> WorkOrder:
    request = register_request(
        by=cast.receptionist,
        kind="repair",
        category=ServiceCategory.objects.get(pk=leak()),
        text="漏水",
        channel="phone",
        unit=cast.unit,
        **AGREED,
    )
    accept_request(request, by=cast.receptionist)
    dispatch_work(request, by=cast.steward, doer=cast.worker)
    worker = Caller(cast.worker)
    (job,) = request.work_orders.all()
    for step in ("acceptance", "arrival"):
        assert worker.post(f"/work-orders/{job.pk}/{step}").status_code == 200
    return job


def names(*things: Any, label: str | None = None) -> list[str]:
    return [attachment.name for attachment in Attachment.objects.of(*things, label=label)]


def test_photos_of_a_registration_belong_to_the_request_and_its_touch(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    ids = [photo(desk, "一.jpg"), photo(desk, "二.jpg")]
    made = desk.post("/requests", repair(cast, photo_ids=ids))
    assert made.status_code == 201, made.content.decode()
    request = ServiceRequest.objects.get(pk=made.json()["id"])
    assert names(request) == names(request.interaction) == ["一.jpg", "二.jpg"]
    assert [row["id"] for row in desk.get(f"/requests/{request.pk}/attachments").json()] == ids
    assert not Deposit.objects.exists()


@pytest.mark.requirement("R-210")
def test_photos_of_a_completion_say_what_they_show(cast: Cast) -> None:
    job, worker = on_site(cast), Caller(cast.worker)
    body = {"ticks": Tick.values, "result": "换了角阀"}
    photos = {"photos_before_ids": [photo(worker, "前.jpg")], "photos_after_ids": [photo(worker, "后.jpg")]}
    done = worker.post(f"/work-orders/{job.pk}/completion", {**body, **photos})
    assert (done.status_code, done.json()["state"]) == (200, "done")
    assert (names(job, label="before"), names(job, label="after")) == (["前.jpg"], ["后.jpg"])
    assert names(job.service_request) == ["前.jpg", "后.jpg"]


def test_what_is_handed_in_is_seen_by_nobody_else(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    pk = photo(desk)
    assert desk.get(f"/attachments/{pk}").json()["mime"] == "image/jpeg"
    assert desk.get(f"/attachments/{pk}/content").status_code == 200
    for stranger in (cast.supervisor, cast.administrator):
        problem(Caller(stranger).get(f"/attachments/{pk}"), 404)
        problem(Caller(stranger).get(f"/attachments/{pk}/content"), 404)
    problem(Caller(cast.receptionist, "read").post("/attachments"), 403)


def test_only_own_and_unused_photos_are_taken(cast: Cast) -> None:
    desk, other = Caller(cast.receptionist), Caller(cast.supervisor)
    used, own, document = photo(desk), photo(desk), send_in(desk, SimpleUploadedFile("合同.pdf", b"%PDF-1.7\n"))
    first = desk.post("/requests", repair(cast, photo_ids=[used])).json()["id"]
    wrong = [own, used, photo(other), 999_999, document.json()["id"], own]
    named = [f"photo_ids.{place}" for place in range(1, 6)]

    assert fields(desk.post("/requests", repair(cast, photo_ids=wrong))) == named

    assert list(ServiceRequest.objects.values_list("pk", flat=True)) == [first]
    assert Interaction.objects.count() == 1
    assert Deposit.objects.filter(attachment=own).exists()
    assert fields(desk.post("/requests", repair(cast, photo_ids=[own] * 10))) == ["photo_ids"]
    assert fields(desk.post("/requests", repair(cast, photo_ids=["x"]))) == ["photo_ids.0"]


def test_refused_completion_leaves_the_photos_for_another_try(cast: Cast) -> None:
    job, worker = on_site(cast), Caller(cast.worker)
    own = photo(worker)
    path = f"/work-orders/{job.pk}/completion"
    problem(worker.post(path, {"photos_after_ids": [own]}), 409)  # neither ticks nor a reason
    twice = {"ticks": Tick.values, "photos_before_ids": [own], "photos_after_ids": [own]}
    problem(worker.post(path, twice), 409)
    assert fields(worker.post(path, {"ticks": Tick.values, "photos_before_ids": [999_999]})) == ["photos_before_ids.0"]
    assert (WorkCompletion.objects.count(), names(job)) == (0, [])
    assert worker.post(path, {"ticks": Tick.values, "photos_after_ids": [own]}).status_code == 200


@pytest.mark.parametrize(("data", "name"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_what_it_says_is_not_taken(cast: Cast, data: bytes, name: str) -> None:
    assert fields(send_in(Caller(cast.receptionist), SimpleUploadedFile(name, data, "image/jpeg"))) == ["file"]
    assert not Attachment.objects.exists()


def test_large_file_and_too_many_are_not_taken(cast: Cast, settings, monkeypatch) -> None:
    desk = Caller(cast.receptionist)
    monkeypatch.setattr("gongying.files.operations.MOST_DEPOSITS", 1)
    photo(desk)
    problem(send_in(desk, picture("b.jpg")), 409)
    settings.UPLOAD_LIMIT_BYTES = 1000
    assert fields(send_in(desk, picture("c.jpg"))) == ["file"]
    assert Attachment.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_one_photo_named_twice_at_once_goes_with_one_of_the_two(cast: Cast) -> None:
    desk = Caller(cast.receptionist)
    body = repair(cast, photo_ids=[photo(desk)])

    def register(_turn: int) -> int:
        try:
            return int(Caller.post(desk, "/requests", body).status_code)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(register, range(2)))
    assert answers in ([201, 409], [201, 422])
    assert (ServiceRequest.objects.count(), Interaction.objects.count()) == (1, 1)


def test_what_was_never_used_goes_after_a_day_with_its_bytes(cast: Cast) -> None:
    old = hand_in(picture("old.jpg"), by=cast.receptionist)
    twin = hand_in(picture("twin.jpg", size=(8, 8)), by=cast.receptionist)
    young = hand_in(picture("young.jpg", size=(8, 8)), by=cast.receptionist)
    yesterday = timezone.now() - timedelta(hours=25)
    Attachment.objects.filter(pk__in=[old.pk, twin.pk]).update(at=yesterday)

    assert remove_old_deposits() == 2

    assert list(Attachment.objects.all()) == [young]
    assert not default_storage.exists(old.path)
    assert default_storage.exists(young.path), "these bytes stand for the younger one, too"
    assert remove_old_deposits() == 0


def test_a_pause_shows_the_closed_door(cast):
    job = on_site(cast)
    worker = Caller(cast.worker)
    answer = worker.post(
        f"/work-orders/{job.pk}/pause", {"reason": "customer", "photo_ids": [photo(worker, "door.jpg")]}
    )
    assert answer.status_code == 200, answer.content.decode()
    assert names(job, label="pause") == ["door.jpg"]


def test_a_step_that_is_told_later_says_when_it_was_taken(cast):
    job = on_site(cast)
    worker = Caller(cast.worker)
    done_at = timezone.now()
    answer = worker.post(f"/work-orders/{job.pk}/pause", {"reason": "parts", "done_at": done_at.isoformat()})
    assert answer.status_code == 200
    assert job.stages.get(left_at=None).entered_at == done_at
    assert problem(
        worker.post(f"/work-orders/{job.pk}/resumption", {"done_at": (done_at + timedelta(hours=1)).isoformat()}), 409
    )
