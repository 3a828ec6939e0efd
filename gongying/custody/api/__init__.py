"""What is held for others at the front desk, for machines: a key cabinet, a gate."""

from ninja import Router

from gongying.custody.api import guests, keys, mail, passes

router = Router()
for module in (keys, passes, guests, mail):
    router.add_router("", module.router)
