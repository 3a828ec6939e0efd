"""A picture as it is shown, whatever the camera, the screenshot or the finger made of it."""

from io import BytesIO

from PIL import Image, ImageOps


def picture_of(content: bytes, *, longest: int) -> Image.Image:
    """Upright, at most `longest` pixels long, on white: a signature is drawn on no paper of its own."""
    with Image.open(BytesIO(content)) as image:
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((longest, longest))
        if not upright.has_transparency_data:
            return upright.convert("RGB")
        inked = upright.convert("RGBA")
    paper = Image.new("RGBA", inked.size, "white")
    return Image.alpha_composite(paper, inked).convert("RGB")
