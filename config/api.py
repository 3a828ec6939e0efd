"""`/api/v1/`: the same rows, rules and operations as the pages, for machines."""

from gongying.accounts.idempotency import do_once
from gongying.common.api_docs import Docs
from gongying.common.api_frame import Frame
from gongying.organization.authentication import SECURITY_SCHEMES, authenticate

api = Frame(
    title="Gongying API",
    version="1",
    description=(
        "Everything that the pages can do. A person sees the places she serves and may do what her roles allow: "
        "what she may not see is 404, what she may not do is 403, what cannot be done now is 409, bad input is 422."
    ),
    urls_namespace="api",
    doorman=authenticate,
    writer=do_once,
    security_schemes=SECURITY_SCHEMES,
    docs=Docs(),
)


AREAS = (
    "organization",
    "files",
    "imports",
    "events",
    "notifications",
    "estates",
    "authority",
    "briefings",
    "group_chats",
    "checklists",
    "customers",
    "interactions",
    "schedule",
    "improvements",
    "servicedesk",
    "custody",
    "reception",
    "visits",
    "handover",
    "joint_reviews",
    "fitouts",
    "mediation",
    "workbench",
    "reports",
)
for area in AREAS:
    api.add_router("", f"gongying.{area}.api.router")
