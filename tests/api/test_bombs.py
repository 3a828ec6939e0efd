"""Bodies that are small on the line and large in memory: refused in words, before anything is unpacked."""

import io
import json
import struct
import time
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from gongying.files.models import Attachment
from tests.api.conftest import BASE, Caller, problem
from tests.conftest import Cast

MOST_MEMORY = 120 * 1024 * 1024
LONGEST = 5.0


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def png_of(width: int, height: int) -> bytes:
    """A picture that says how large it is, with a line of it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def office_of(members: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
        for number in range(members):
            archive.writestr(f"{number:x}", "")
    return file.getvalue()


UPLOADS = {
    "pixels": ("a.png", png_of(60_000, 60_000)),
    "one line of pixels": ("a.png", png_of(2_000_000_000, 1)),
    "no pixels": ("a.png", png_of(0, 0)),
    "a gif of 65535²": (
        "a.gif",
        b"GIF89a\xff\xff\xff\xff\x80\0\0" + b"\0" * 6 + b",\0\0\0\0\xff\xff\xff\xff\0\x08\x01\0\0;",
    ),
    "many members": ("a.xlsx", office_of(100_000)),
}


@pytest.mark.parametrize(("name", "content"), UPLOADS.values(), ids=UPLOADS)
def test_an_upload_that_grows_is_refused_early(cast: Cast, name: str, content: bytes) -> None:
    caller = Caller(cast.receptionist)
    caller.get("/me")  # whatever is loaded with the first call
    tracemalloc.start()
    began = time.monotonic()
    answer = caller.client.post(
        f"{BASE}/attachments", {"file": SimpleUploadedFile(name, content)}, headers=caller.headers
    )
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    problem(answer, 422)
    assert not Attachment.objects.exists()
    assert most < MOST_MEMORY
    assert time.monotonic() - began < LONGEST


def deep(depth: int) -> str:
    return "[" * depth + "]" * depth


BODIES = {
    "3 MB": json.dumps({"text": "长" * 3_000_000}),
    "deep": '{"text": ' + deep(100_000) + "}",
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a number of 100,000 digits": '{"unit_id": ' + "9" * 100_000 + "}",
    "1e400": '{"unit_id": 1e400}',
    "NaN": '{"unit_id": NaN}',
    "half a sign": '{"text": "\\ud800"}',
    "many keys": json.dumps({str(number): 0 for number in range(100_000)}),
    "a long list": json.dumps({"photo_ids": list(range(250_000))}),
    "a long key": json.dumps({"x" * 1_000_000: 0}),
    "no text": b"\xff\xfe\x00\x01",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_request_is_refused(cast: Cast, body: Any) -> None:
    caller = Caller(cast.receptionist)
    began = time.monotonic()
    answer = caller.client.post(f"{BASE}/requests", body, content_type="application/json", headers=caller.headers)

    assert answer.status_code in {400, 413, 422}
    problem(answer, answer.status_code)
    assert len(answer.content) < 20_000
    assert time.monotonic() - began < LONGEST
