from ninja import Router

from gongying.mediation.api import agreements, cases

router = Router()
for module in (cases, agreements):
    router.add_router("", module.router)
