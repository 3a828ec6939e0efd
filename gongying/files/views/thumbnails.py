from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.files.models import Attachment
from gongying.files.operations import make_thumbnail
from gongying.files.serving import GUARDED


@require_safe
def show(request: SignedInRequest, attachment_id: int) -> HttpResponse:
    attachment = get_object_or_404(Attachment.objects.visible_to(request.user, among=[attachment_id]), pk=attachment_id)
    if not attachment.is_image:
        raise Http404
    return HttpResponse(
        make_thumbnail(attachment),
        content_type="image/webp",
        headers={**GUARDED, "Cache-Control": "private, max-age=86400"},
    )
