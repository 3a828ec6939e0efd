"""The company: who works where, with which permissions, who stands in for whom."""

from ninja import Router

from gongying.organization.api import departments, leaves, matters, me, posts, roles, staff, tokens

router = Router()
for module in (me, departments, posts, roles, staff, leaves, matters, tokens):
    router.add_router("", module.router)
