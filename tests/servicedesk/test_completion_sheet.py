"""The sheet with which a worker says what he did: material, minutes, photos."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.files.models import Attachment
from tests.files.test_attachments import picture
from tests.servicedesk.walks import url, work_in


@pytest.fixture
def on_site(cast, register, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return work_in("on_site", cast, register)


SHEET = {"missing_reason": "客户要求不入户", "result": "更换软管"}


def test_a_completion_keeps_lines_of_material_and_photos_by_what_they_show(cast, client_of, on_site):
    sheet = {
        **SHEET,
        "materials_name": ["软管", "生料带", ""],
        "materials_quantity": ["1 根", "", ""],
        "photos_before": picture("漏水.jpg"),
        "photos_after": picture("修好.jpg"),
    }

    assert client_of(cast.worker).post(url("work-order-step", on_site.pk, "complete"), sheet).status_code == 302

    assert on_site.workcompletions.get().materials == [
        {"name": "软管", "quantity": "1 根"},
        {"name": "生料带", "quantity": ""},
    ]
    names = [[photo.name for photo in Attachment.objects.of(on_site, label=label)] for label in ("before", "after")]
    assert names == [["漏水.jpg"], ["修好.jpg"]]
    assert Attachment.objects.of(on_site.service_request).count() == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"materials_name": [""], "materials_quantity": ["3 个"]}, "materials"),
        ({"materials_name": ["软" * 101], "materials_quantity": ["1"]}, "materials"),
        ({"materials_name": ["管"] * 51}, "materials"),
        ({"photos_after": SimpleUploadedFile("a.jpg", b"MZ program", "image/jpeg")}, "photos_after"),
        ({"minutes": "-1"}, "minutes"),
    ],
)
def test_a_wrong_completion_sheet_names_the_field_and_completes_nothing(cast, client_of, on_site, wrong, field):
    answer = client_of(cast.worker).post(url("work-order-step", on_site.pk, "complete"), {**SHEET, **wrong})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not on_site.workcompletions.exists()


def test_the_sheet_offers_what_was_used_before_and_the_minutes_on_site(cast, client_of, register, on_site):
    client = client_of(cast.worker)
    client.post(
        url("work-order-step", on_site.pk, "complete"),
        {**SHEET, "materials_name": ["角阀"], "materials_quantity": ["2"]},
    )
    other = work_in("on_site", cast, register)

    with clock_at(timezone.now() + timedelta(minutes=45)):
        form = client.get(url("work-order-step", other.pk, "complete")).context["form"]

    used = form.fields["materials"].widget.attrs["used"]
    assert used == [{"name": "角阀", "price": "", "values": "角阀\n2\n"}]
    assert form["minutes"].value() == 45
