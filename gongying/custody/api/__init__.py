"""What is held for others at the front desk, for machines: a key cabinet, a gate."""

from ninja import Router

from gongying.custody.api import keys, mail, passes

router = Router()
for module in (keys, passes, mail):
    router.add_router("", module.router)
