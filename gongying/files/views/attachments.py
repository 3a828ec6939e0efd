from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.files.models import Attachment
from gongying.files.serving import serve


@require_safe
def show(request: SignedInRequest, attachment_id: int) -> FileResponse:
    return serve(
        get_object_or_404(Attachment.objects.visible_to(request.user, among=[attachment_id]), pk=attachment_id)
    )
