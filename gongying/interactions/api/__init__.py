"""Touches with customers for machines, the answers promised in them, and why customers come."""

from ninja import Router

from gongying.interactions.api import circumstances, letters, plans, promises, touches

router = Router()
for module in (touches, letters, plans, promises, circumstances):
    router.add_router("", module.router)
