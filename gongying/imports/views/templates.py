from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from gongying.accounts.requests import SignedInRequest
from gongying.common.permissions import authorize
from gongying.imports.importers import find_importer
from gongying.imports.rules import RUN_IMPORT
from gongying.imports.serving import serve_template


@require_safe
def show(request: SignedInRequest, kind: str) -> FileResponse:
    authorize(request.user, RUN_IMPORT)
    importer = find_importer(kind)
    if importer is None:
        raise Http404
    authorize(request.user, importer.permission)
    return serve_template(importer)
