"""Words burnt into a photo: when, where, which job, who (E-051)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from io import BytesIO

from django.conf import settings
from django.utils import timezone
from PIL import ExifTags, Image, ImageDraw, ImageFont

from gongying.files.pictures import picture_of

# The font that comes with the front-end files; without it only what ASCII can say is written.
FONT = "frontend/fonts/NotoSansHans-Regular.otf"
LONGEST_SIDE = 2048
LINES_PER_WIDTH = 32
SMALLEST_LETTER = 12
# A camera's clock that is further off is wrong, or the photo is of another day.
BELIEVED = timedelta(days=7)

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def taken_at(picture: bytes) -> datetime | None:
    """When the camera says that the photo was taken, if that can be."""
    with Image.open(BytesIO(picture)) as image:
        written = image.getexif().get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    try:
        moment = timezone.make_aware(datetime.strptime(str(written), "%Y:%m:%d %H:%M:%S"))  # noqa: DTZ007
    except ValueError:
        return None
    now = timezone.now()
    return moment if now - BELIEVED < moment <= now else None


def stamp(picture: bytes, lines: Sequence[str]) -> bytes:
    """The picture as a JPEG, upright and at most 2048 pixels long, with `lines` in a dark strip along its lower edge."""
    shown = picture_of(picture, longest=LONGEST_SIDE)
    font = _font_for(lines, shown.width)
    if isinstance(font, ImageFont.ImageFont):
        lines = [line.encode("ascii", "ignore").decode().strip() for line in lines]
    _write(shown, lines, font)
    written = BytesIO()
    shown.save(written, "JPEG", quality=85)
    return written.getvalue()


def _font_for(lines: Sequence[str], width: int) -> Font:
    """As large as the longest line allows."""
    path = settings.VAR_DIR / FONT
    if not path.is_file():
        return ImageFont.load_default()
    size = max(SMALLEST_LETTER, width // LINES_PER_WIDTH)
    font = ImageFont.truetype(path, size)
    longest = max(font.getlength(line) for line in lines)
    room = width - 2 * size
    return font if longest <= room else ImageFont.truetype(path, max(SMALLEST_LETTER, int(size * room / longest)))


def _write(image: Image.Image, lines: Sequence[str], font: Font) -> None:
    top, bottom = font.getbbox("Ag")[1::2]
    height, edge = int((bottom - top) * 1.6), int(bottom - top) // 2
    strip = height * len(lines) + 2 * edge
    upper = image.height - strip
    shade = Image.new("RGB", (image.width, strip), (0, 0, 0))
    place = (0, max(0, upper))
    region = image.crop((0, place[1], image.width, place[1] + strip))
    image.paste(Image.blend(region, shade, 0.6), place)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((edge, place[1] + edge + number * height), line, font=font, fill=(255, 255, 255))
