"""Projects and what stands in them."""

from ninja import Router

from gongying.estates.api import buildings, facilities, parking, projects, territories, units

router = Router()
for module in (projects, buildings, units, parking, facilities, territories):
    router.add_router("", module.router)
