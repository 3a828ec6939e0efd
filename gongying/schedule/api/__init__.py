"""Which days are worked, at which hours, and who is on duty."""

from ninja import Router

from gongying.schedule.api import days, duty, hours

router = Router()
for module in (days, hours, duty):
    router.add_router("", module.router)
