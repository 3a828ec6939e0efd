"""Projects and what stands in them."""

from ninja import Router

from gongying.estates.api import facilities, parking, projects, units

router = Router()
for module in (projects, units, parking, facilities):
    router.add_router("", module.router)
