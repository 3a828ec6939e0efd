from django.core.files.storage import default_storage
from django.http import FileResponse

from gongying.files.models import Attachment

# Bytes that came from outside never run as a page of ours, whatever a browser takes them for.
GUARDED = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}


def serve(attachment: Attachment) -> FileResponse:
    """The file itself: pictures in the browser, everything else as a download."""
    return FileResponse(
        default_storage.open(attachment.path),
        as_attachment=not attachment.is_image,
        filename=attachment.name,
        content_type=attachment.mime,
        headers={**GUARDED, "Cache-Control": "private, max-age=3600"},
    )
