"""Photos from the field carry when, where, which job and who; what the camera made is kept (E-051)."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import ExifTags, Image

from gongying.files.models import Attachment
from gongying.files.stamps import stamp, taken_at
from gongying.servicedesk import operations as do
from tests.servicedesk.walks import TICKS, url

WHITE = (255, 255, 255)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def camera(*, size=(1600, 1200), at=None):
    image, exif = Image.new("RGB", size, WHITE), Image.Exif()
    if at is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = at.strftime("%Y:%m:%d %H:%M:%S")
    written = BytesIO()
    image.save(written, "JPEG", exif=exif)
    return written.getvalue()


def dark_share(picture):
    """How much of the lower and of the upper fifth is not white any more."""
    with Image.open(BytesIO(picture)) as image:
        grey = image.convert("L")
    fifth = grey.height // 5
    shares = []
    for box in ((0, grey.height - fifth, grey.width, grey.height), (0, 0, grey.width, fifth)):
        histogram = grey.crop(box).histogram()
        shares.append(sum(histogram[:200]) / sum(histogram))
    return shares


@pytest.mark.requirement("E-051")
def test_the_shown_photo_is_stamped_and_the_original_kept(register, cast, client_of):
    job = do.dispatch_work(register(), by=cast.supervisor, doer=cast.worker)
    do.arrive(do.accept_work(job, by=cast.worker), by=cast.worker)
    original = camera()
    photo = SimpleUploadedFile("after.jpg", original, "image/jpeg")
    do.complete_work(job, by=cast.worker, ticks=TICKS, result="更换软管", photos_after=[photo])

    shown = Attachment.objects.of(job, label="after").get()
    lower, upper = dark_share(shown.read())
    assert (lower > 0.3, upper) == (True, 0.0)
    assert shown.original.sha256 == hashlib.sha256(original).hexdigest() != shown.sha256
    assert shown.original.read() == original
    # Both are seen by who sees the job, and by nobody else.
    browser = client_of(cast.worker)
    for attachment in (shown, shown.original):
        assert browser.get(f"/files/{attachment.pk}/").status_code == 200
        assert client_of(cast.outsider).get(f"/files/{attachment.pk}/").status_code == 404
    # The original stands behind its link, not as a second photo.
    page = browser.get(url("work-order-show", job.pk)).content.decode()
    assert page.count('alt="after.jpg"') == 1
    assert f"/files/{shown.original_id}/" in page


def test_the_words_are_drawn():
    """Other words, other pixels: it is not just a dark strip."""
    one, other = (stamp(camera(), [f"2026-11-22 14:0{n}  老张", "阳光小区 2-1-301"]) for n in (1, 2))
    assert one != other


@pytest.mark.parametrize("size", [(40, 30), (3000, 200), (200, 3000), (4000, 3000)])
def test_any_shape_can_be_stamped(size):
    with Image.open(
        BytesIO(stamp(camera(size=size), ["2026-11-22 14:02  老张", "阳光小区 2-1-301  YG-BX26-000123/1"]))
    ) as image:
        assert max(image.size) <= 2048


def test_the_camera_is_believed_within_reason():
    lately = timezone.localtime().replace(microsecond=0) - timedelta(hours=1)
    assert taken_at(camera(at=lately)) == lately
    assert taken_at(camera(at=lately + timedelta(days=2))) is None
    assert taken_at(camera(at=lately - timedelta(days=30))) is None
    assert taken_at(camera()) is None
