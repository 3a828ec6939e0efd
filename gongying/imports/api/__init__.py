"""Workbooks in and out."""

from ninja import Router

from gongying.imports.api import exports, imports

router = Router()
for module in (imports, exports):
    router.add_router("", module.router)
