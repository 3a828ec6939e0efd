"""Which days are worked, at which hours, who is on duty, and what people have planned."""

from ninja import Router

from gongying.schedule.api import calendar_events, days, duty, hours, resources, tasks

router = Router()
for module in (days, hours, duty, calendar_events, resources, tasks):
    router.add_router("", module.router)
