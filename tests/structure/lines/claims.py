from decimal import Decimal
from typing import Any

from gongying.accounts.models import User
from gongying.authority.operations import give_authority
from gongying.customers.models import AbusiveContact
from gongying.customers.operations import record_abuse
from gongying.servicedesk.models import CompensationClaim
from gongying.servicedesk.operations import decide_claim, raise_claim
from tests.structure.url_matrix import Sample, api, page

CONCEDE = "servicedesk.concede"
CLAIM = {"claim_id": "claim"}
ABUSE = {"abuse_id": "abuse"}
VIEW_ABUSE = "customers.view_abuse"


def a_claim(sample: Sample) -> CompensationClaim:
    facts = {"ground": "damage", "amount": Decimal(300), "reason": "天花板又泡了"}
    return raise_claim(sample.get("request"), by=sample.user, **facts)


def a_granted_claim(sample: Sample) -> CompensationClaim:
    colleague = _another(sample)
    limit = {"subject": "compensation", "per": "case", "limit_amount": Decimal(1000)}
    give_authority(by=sample.user, staff=colleague.staff, **limit)
    return decide_claim(sample.get("claim"), by=colleague, amount=Decimal(200), reason="属实")


def _another(sample: Sample) -> User:
    return User.objects.exclude(pk=sample.user.pk).filter(staff__isnull=False).order_by("pk")[0]


def an_abuse(sample: Sample) -> AbusiveContact:
    return record_abuse(sample.unit.project, by=_another(sample), unit=sample.unit, kind="insult", words="骂人")


def new_abuse(sample: Sample) -> dict[str, Any]:
    return {"project_id": sample.unit.project_id, "kind": "insult", "words": "骂人"}


OBJECTS = {"claim": a_claim, "abuse": an_abuse}
NOW_OR_LATER = {"needs": CONCEDE, "allowed": (200, 409)}

LINES = [
    page("servicedesk:claim-index", needs=CONCEDE),
    page("servicedesk:claim-show", needs=CONCEDE, **CLAIM),
    page("servicedesk:claim-decide", needs=CONCEDE, **CLAIM),
    page("servicedesk:claim-refuse", needs=CONCEDE, **CLAIM),
    page("servicedesk:claim-pay", needs=CONCEDE, **CLAIM),
    api("POST /claims/{claim_id}/grant", data={"amount": "10.00", "reason": "x"}, **NOW_OR_LATER, **CLAIM),
    api("POST /claims/{claim_id}/refusal", data={"reason": "x"}, **NOW_OR_LATER, **CLAIM),
    api("POST /claims/{claim_id}/payment", data={"how": "x"}, **NOW_OR_LATER, **CLAIM),
    page("customers:abuse-index", needs=VIEW_ABUSE),
    page("customers:abuse-create", needs="customers.record_abuse"),
    page("customers:abuse-show", needs=VIEW_ABUSE, **ABUSE),
    page("customers:abuse-settle", needs=VIEW_ABUSE, **ABUSE),
    api("GET /abusive-contacts", needs=VIEW_ABUSE),
    api(
        "POST /abusive-contacts",
        needs="customers.record_abuse",
        data=new_abuse,
        allowed=(201, 422),
        reason="of a project that one sees",
    ),
    api("GET /abusive-contacts/{abuse_id}", needs=VIEW_ABUSE, **ABUSE),
    api(
        "POST /abusive-contacts/{abuse_id}/settlement",
        needs=VIEW_ABUSE,
        data={"settlement": "x"},
        allowed=(200, 409),
        **ABUSE,
    ),
]
