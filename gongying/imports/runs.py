"""One run of an import, as pages and API find it."""

from django.shortcuts import get_object_or_404

from gongying.accounts.models import User
from gongying.common.permissions import authorize, may
from gongying.imports.importers import Importer, all_importers, find_importer
from gongying.imports.models import ImportRun
from gongying.imports.rules import RUN_IMPORT


def importers_for(user: User) -> list[Importer]:
    return [importer for importer in all_importers() if may(user, importer.permission)]


def find_run(user: User, import_id: int) -> tuple[ImportRun, Importer | None]:
    """The run and its importer: not seen → 404, of a kind the role does not allow → 403."""
    runs = ImportRun.objects.visible_to(user).select_related("by", "reverted_by")
    run = get_object_or_404(runs, pk=import_id)
    authorize(user, RUN_IMPORT)
    importer = find_importer(run.kind)
    if importer is not None:
        authorize(user, importer.permission)
    return run, importer
