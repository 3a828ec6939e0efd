"""What `attempts.py` sends: hostile and clumsy values by kind of field, and what a page cannot say of itself."""

import io
import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
# Stands in every text, so that it is found again wherever it was stored or shown; with the number of its field.
MARK = "Zq7w"
OWN_MARK = re.compile(MARK + r"\d+x")
# A field for files is given every second of them, in turn with its neighbours and the pages.
SHARE_OF_UPLOADS = 2
TURNS_OF_ADDRESS = 2

# Fields in which one writes several things, kept apart.
LISTS = ("members", "others", "items")

# Tried in every text of every form.
TEXTS = {
    "script, formula, SQL, emoji, right-to-left, full-width": (
        f"=cmd|' /C calc'!A0\"><script>alert(\"{MARK}\")</script>' onmouseover='{MARK}'); DROP TABLE x; -- \\"
        " %s %(x)s {{ x }} {% y %} 👩‍👩‍👧 \u202eé\u200f １２３ＡＢＣ"
    ),
    "short": f'"><b {MARK}>',
    "10,001 characters": MARK + "长" * (10_001 - len(MARK)),
    "null byte": f"{MARK}\x00x",
    "half a character": f"{MARK}\ud800x",
    "5,000 digits": "9" * 5000,
    "no number": "NaN",
}
NUMBERS = {
    "minus one": "-1",
    "zero": "0",
    "a milliard": "1e9",
    "with a comma": "95,46",
    "no number": "NaN",
    "full-width": "１２",
    "2^63": str(2**63),
    "5,000 digits": "9" * 5000,
    "1e400": "1e400",
    "null byte": "1\x00",
}
DATES = {
    "no such day": "2026-02-30",
    "year 0": "0000-01-01",
    "year 1": "0001-01-01",
    "year 9999": "9999-12-31",
    "full-width": timezone.localdate().isoformat().translate(FULL_WIDTH),
    "words": f"<b>{MARK}",
    "null byte": "2026-01-01\x00",
    "5,000 digits": "9" * 5000,
}
MOMENTS = {
    name: f"{value}T00:00" if len(value) == len("2026-01-01") and "-" in value else value
    for name, value in DATES.items()
}
MOMENTS |= {"late in 9999": "9999-12-31T23:59", "hour 25": "2026-01-01T25:00"}
CHOICES = {
    "not offered": f"<b>{MARK}",
    "2^63": str(2**63),
    "5,000 digits": "9" * 5000,
    "full-width": "１２",
    "null byte": "1\x00",
}
BY_KIND = {
    "number": NUMBERS,
    "date": DATES,
    "datetime-local": MOMENTS,
    "choice": CHOICES,
    "hidden": CHOICES,
}
# For the parameters of an address: nobody says of what kind they are.
PARAMETERS = {
    **CHOICES,
    **{name: DATES[name] for name in ("no such day", "year 1", "year 9999")},
    **TEXTS,
    "minus one": "-1",
    "empty": "",
}


def picture(kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, kind)
    return content.getvalue()


# Name and content; all claim to be a picture.
UPLOADS: dict[str, tuple[str, bytes]] = {
    "program named photo": ("猫.jpg", b"MZ\x90\x00" + b"\0" * 200),
    "drawing with a script": (f"{MARK}.svg", b'<svg xmlns="x"><script>alert("Zq7w")</script></svg>'),
    "drawing named photo": ("a.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
    "empty": ("a.png", b""),
    "cut photo": ("a.png", picture()[:20]),
    "hostile name": (f'"><script>{MARK}</script>\u202egpj.exe', b"MZ"),
}
CONTENT_TYPES = ("application/json", "text/xml", "multipart/form-data; boundary=x", "")

# What to write where the page leaves a field empty that must be filled, by the name of the field.
WORDS = {
    "plate": "京A54321",
    "value": "13800138001",
    "unit": "2-1-301",
    "code": "QX2",
    "username": "newcomer",
    "password": "first-word-88",
}
WORD_BY_KIND = {
    "text": "测试",
    "number": "1",
    "date": timezone.localdate().isoformat(),
    "datetime-local": f"{timezone.localdate() + timedelta(days=1)}T09:00",
    "hidden": "1",
    "choice": "",
}


def file_for(name: str) -> SimpleUploadedFile:
    """Photos, or a list of units as a project's office keeps it."""
    if name == "photos":
        return SimpleUploadedFile("猫.png", picture(), "image/png")
    return SimpleUploadedFile("名册.csv", "楼栋,单元,房号\n5,1,301\n".encode(), "text/csv")
