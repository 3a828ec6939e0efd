"""Customers: who they are, how they are reached, where they live, what they keep and owe."""

from ninja import Router

from gongying.customers.api import abuse, consents, contacts, households, merges, parties, vehicles, warnings

router = Router()
for module in (parties, contacts, households, vehicles, warnings, consents, merges, abuse):
    router.add_router("", module.router)
