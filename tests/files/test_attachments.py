from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.urls import reverse
from PIL import Image

from gongying.events.models import EventSubject
from gongying.files.forms import AttachmentsField, PhotosField
from gongying.files.models import Attachment
from gongying.files.operations import attach, attach_also, detach, safe_name

RTL = "\u202e"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def picture(name="漏水.jpg", kind="JPEG", size=(900, 600), exif=None):
    data = BytesIO()
    Image.new("RGB", size, "navy").save(data, kind, **({"exif": exif} if exif else {}))
    return SimpleUploadedFile(name, data.getvalue(), content_type="text/html")


def workbook(name="名单.xlsx", member="xl/workbook.xml"):
    data = BytesIO()
    with ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(member, "<x/>")
    return SimpleUploadedFile(name, data.getvalue())


HOSTILE = {
    "a program called jpg": (b"MZ\x90\x00" + b"\x00" * 200, "照片.jpg"),
    "a drawing with a script": (b'<svg xmlns="x"><script>alert(1)</script></svg>', "logo.svg"),
    "the same called png": (b'<svg xmlns="x"><script>alert(1)</script></svg>', "logo.png"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "page.html"),
    "a page called pdf": (b"<!doctype html><script>alert(1)</script>", "page.pdf"),
    "a picture's head alone": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "half.png"),
    "half a jpeg": (b"\xff\xd8\xff\xe0" + b"<script>", "half.jpg"),
    "any zip": (workbook(member="evil.sh").read(), "list.xlsx"),
    "a workbook with macros": (workbook(member="xl/vbaProject.bin").read(), "list.xlsx"),
    "nothing": (b"\x00", "zero.jpg"),
}


@pytest.mark.parametrize(("data", "name"), HOSTILE.values(), ids=HOSTILE)
def test_what_is_not_what_it_says_is_refused_by_its_content(cast, data, name):
    with pytest.raises(ValidationError, match=name):
        attach(SimpleUploadedFile(name, data, content_type="image/jpeg"), to=cast.unit, by=cast.steward)

    assert Attachment.objects.count() == 0


@pytest.mark.parametrize(
    ("upload", "mime"),
    [
        (picture("a.jpg"), "image/jpeg"),
        (picture("a.png", "PNG"), "image/png"),
        (picture("a.webp", "WEBP"), "image/webp"),
        (picture("a.gif", "GIF"), "image/gif"),
        (SimpleUploadedFile("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00"), "image/heic"),
        (SimpleUploadedFile("a.pdf", b"%PDF-1.7\n"), "application/pdf"),
        (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
    ids=["jpeg", "png", "webp", "gif", "heic", "pdf", "xlsx"],
)
def test_a_welcome_file_is_kept_as_it_is(cast, upload, mime):
    upload.seek(0)
    data = upload.read()

    attachment = attach(upload, to=cast.unit, by=cast.steward)

    assert (attachment.mime, attachment.size, attachment.read()) == (mime, len(data), data)
    assert list(Attachment.objects.of(cast.unit)) == [attachment]
    event = EventSubject.objects.of(cast.unit).latest("pk").event
    assert (event.verb, event.actor, event.details["name"]) == ("attachment.added", cast.steward, attachment.name)


def test_the_same_bytes_are_stored_once(cast):
    one = attach(picture("a.jpg"), to=cast.unit, by=cast.steward)
    other = attach(picture("b.jpg"), to=cast.west_unit, by=cast.west_steward)

    assert one.path == other.path
    assert default_storage.listdir(f"attachments/{one.sha256[:2]}") == ([], [one.sha256])


def test_a_file_taken_off_is_gone_from_the_thing_and_stays_in_the_journal(cast):
    attachment = attach(picture(), to=cast.unit, by=cast.steward)

    detach(attachment, thing=cast.unit, by=cast.steward)

    assert list(Attachment.objects.of(cast.unit)) == []
    assert EventSubject.objects.of(cast.unit).latest("pk").event.verb == "attachment.removed"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("漏水.JPG", "漏水.JPG"),
        ("漏水.jpeg", "漏水.jpeg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\Users\\x\\photo.exe", "photo.jpg"),
        (f"photo{RTL}gpj.exe", "photogpj.jpg"),
        ("a\x00b\n.jpg", "ab.jpg"),
        ("", "file.jpg"),
        (".jpg", "jpg.jpg"),
        ("长" * 300 + ".jpg", "长" * 100 + ".jpg"),
    ],
)
def test_a_name_cannot_mislead(given, kept):
    assert safe_name(given, suffix=".jpg") == kept


def test_somebody_who_may_not_see_the_thing_does_not_see_its_files(cast, client_of):
    attachment = attach(picture(), to=cast.unit, by=cast.steward)
    url = reverse("files:attachment-show", args=[attachment.pk])
    small = reverse("files:thumbnail-show", args=[attachment.pk])

    assert [client_of(cast.steward).get(u).status_code for u in (url, small)] == [200, 200]
    assert [client_of(cast.west_steward).get(u).status_code for u in (url, small)] == [404, 404]
    assert [client_of(cast.outsider).get(u).status_code for u in (url, small)] == [404, 404]
    assert [client_of(cast.guard).get(u).status_code for u in (url, small)] == [404, 404]  # there, but not for files

    attach_also(attachment, to=cast.west_unit)

    assert client_of(cast.west_steward).get(url).status_code == 200


def test_a_picture_is_shown_and_can_do_nothing(cast, client_of):
    attachment = attach(picture(), to=cast.unit, by=cast.steward)

    response = client_of(cast.steward).get(reverse("files:attachment-show", args=[attachment.pk]))

    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_any_other_file_is_only_downloaded(cast, client_of):
    attachment = attach(SimpleUploadedFile("合同.pdf", b"%PDF-1.7\n"), to=cast.unit, by=cast.steward)
    client = client_of(cast.steward)

    response = client.get(reverse("files:attachment-show", args=[attachment.pk]))

    assert response["Content-Disposition"].startswith("attachment")
    assert b"".join(response.streaming_content) == b"%PDF-1.7\n"
    assert client.get(reverse("files:thumbnail-show", args=[attachment.pk])).status_code == 404


def test_a_thumbnail_is_small_upright_and_carries_no_camera_data(cast, client_of):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010F] = "Some Camera"
    attachment = attach(picture(exif=exif), to=cast.unit, by=cast.steward)

    response = client_of(cast.steward).get(reverse("files:thumbnail-show", args=[attachment.pk]))

    with Image.open(BytesIO(response.content)) as small:
        assert (small.size, small.format, dict(small.getexif())) == ((320, 480), "WEBP", {})


def test_a_signature_is_ink_on_white_paper(cast, client_of):
    drawn = Image.new("RGBA", (300, 120))
    drawn.paste((0, 0, 0, 255), (20, 50, 280, 60))
    content = BytesIO()
    drawn.save(content, "PNG")
    attachment = attach(SimpleUploadedFile("签字.png", content.getvalue()), to=cast.unit, by=cast.steward)

    response = client_of(cast.steward).get(reverse("files:thumbnail-show", args=[attachment.pk]))

    with Image.open(BytesIO(response.content)) as small:
        paper, ink = small.getpixel((10, 10)), small.getpixel((150, 55))
    assert (min(paper) > 250, max(ink) < 10) == (True, True)


def test_the_field_takes_several_and_names_the_wrong_one(settings):
    field = PhotosField()

    assert [u.name for u in field.clean([picture("1.jpg"), picture("2.png", "PNG")])] == ["1.jpg", "2.png"]
    assert field.clean([]) == []
    with pytest.raises(ValidationError, match=r"照片\.jpg"):
        field.clean([picture("1.jpg"), SimpleUploadedFile("照片.jpg", b"MZ" + b"\x00" * 99)])
    with pytest.raises(ValidationError, match="合同"):
        field.clean([SimpleUploadedFile("合同.pdf", b"%PDF-1.7\n")])
    assert len(AttachmentsField().clean([SimpleUploadedFile("合同.pdf", b"%PDF-1.7\n")])) == 1
    with pytest.raises(ValidationError):
        field.clean([picture(f"{n}.jpg") for n in range(10)])
    settings.UPLOAD_LIMIT_BYTES = 1000
    with pytest.raises(ValidationError, match="big"):
        field.clean([picture("big.jpg")])


@pytest.mark.parametrize(("path", "kind"), [("/", "text/html"), ("/api/v1/anything", "application/problem+json")])
def test_two_hundred_megabytes_are_refused_before_they_are_read(cast, client_of, path, kind):
    class NeverRead(BytesIO):
        def read(self, *_size):
            raise AssertionError("the body was read")

        readline = read

    environ = RequestFactory().post(path).environ

    response = client_of(cast.steward).request(
        **{**environ, "CONTENT_LENGTH": str(200 * 2**20), "wsgi.input": NeverRead()}
    )

    assert response.status_code == 413
    assert response["Content-Type"].startswith(kind)
    assert "60" in response.content.decode()


@pytest.mark.parametrize("length", ["²", "", "1e9", "five", "9" * 5000])
@pytest.mark.parametrize(("path", "status"), [("/", 302), ("/api/v1/requests", 401)])
def test_a_length_that_is_no_number_breaks_nothing(db, client, path, status, length):
    """Django reads no body then; the words of the header never reach a page as a failure of ours."""
    environ = RequestFactory().post(path, b"{}", content_type="text/plain").environ

    assert client.request(**{**environ, "CONTENT_LENGTH": length}).status_code == status


def test_a_file_asked_for_by_its_key_is_seen_by_the_same_people(cast):
    """Asked for alone, only what it hangs on is looked at."""
    files = [attach(picture(), to=thing, by=cast.steward) for thing in (cast.unit, cast.park_unit, cast.zhou)]
    people = (cast.steward, cast.receptionist, cast.worker, cast.manager, cast.outsider)
    seen = {user: set(Attachment.objects.visible_to(user)) & set(files) for user in people}

    assert len({frozenset(some) for some in seen.values()}) > 1
    for user in people:
        for file in files:
            assert Attachment.objects.visible_to(user, among=[file.pk]).exists() == (file in seen[user])
        assert set(Attachment.objects.visible_to(user, among=[file.pk for file in files])) == seen[user]


def test_the_file_behind_a_stamped_photo_is_seen_with_it(cast):
    stamped, original = (attach(picture(), to=cast.unit, by=cast.steward) for _photo in range(2))
    detach(original, thing=cast.unit, by=cast.steward)
    Attachment.objects.filter(pk=stamped.pk).update(original=original)

    for user in (cast.receptionist, cast.outsider):
        sees = Attachment.objects.visible_to(user).filter(pk=original.pk).exists()
        assert sees == (user == cast.receptionist)
        assert Attachment.objects.visible_to(user, among=[original.pk]).exists() == sees
