from decimal import Decimal

from gongying.authority.models import ApprovalRequest, AuthorityGrant
from gongying.authority.operations import give_authority, use_authority
from gongying.organization.models import Department, Post, Role
from tests.structure.url_matrix import Sample, action, api, page

VIEW = "authority.view_grants"
MANAGE = "authority.manage_grants"
DECIDE = "authority.decide_approvals"
FIGURES = "authority.view_figures"
SEEN = (DECIDE, FIGURES)


def a_post_of(sample: Sample) -> Post:
    role = Role.objects.get(key="guard")
    duties = dict.fromkeys(("communication_duty", "feedback_duty", "complaint_duty"), "写明")
    return Post.objects.create(
        name=f"岗位 {sample.unit.pk}", department=Department.objects.all()[0], role=role, **duties
    )


def a_grant(sample: Sample) -> AuthorityGrant:
    return give_authority(
        by=sample.user,
        post=a_post_of(sample),
        subject="goodwill",
        limit_amount=Decimal(200),
        per="case",
        project=sample.unit.project,
    )


def an_approval(sample: Sample) -> ApprovalRequest:
    asked = use_authority(
        sample.get("request"), subject="goodwill", amount=Decimal(999), reason="又漏了", by=sample.user
    )
    assert isinstance(asked, ApprovalRequest)
    return asked


OBJECTS = {"grant": a_grant, "approval": an_approval}
LIMIT = {"limit_amount": "300.00", "per": "case"}
DECISION = {"version": 1, "note": "x"}
MINE = "everybody sees what she asked for herself"

LINES = [
    page("authority:grant-index", needs=VIEW),
    page("authority:grant-new", needs=MANAGE),
    action("authority:grant-create", needs=MANAGE),
    page("authority:grant-show", grant_id="grant", needs=VIEW),
    page("authority:grant-edit", grant_id="grant", needs=MANAGE),
    action("authority:grant-update", grant_id="grant", needs=MANAGE, data=LIMIT),
    action("authority:grant-destroy", grant_id="grant", needs=MANAGE),
    page("authority:approval-index", reason=MINE),
    page("authority:figures-show", needs=FIGURES),
    page("authority:figure-rows", needs=FIGURES, data={"figure": "asked", "subject": "goodwill"}),
    page("authority:approval-show", approval_id="approval", needs=SEEN, seen_with=SEEN),
    action("authority:approval-grant", approval_id="approval", needs=DECIDE, seen_with=SEEN, data=DECISION),
    action("authority:approval-refuse", approval_id="approval", needs=DECIDE, seen_with=SEEN, data=DECISION),
    action("authority:approval-withdraw", approval_id="approval", needs=SEEN, seen_with=SEEN, allowed=(409,)),
    api("GET /authority-grants", needs=VIEW),
    api("POST /authority-grants", needs=MANAGE),
    api("GET /authority-grants/{grant_id}", grant_id="grant", needs=VIEW),
    api("PATCH /authority-grants/{grant_id}", grant_id="grant", needs=MANAGE, data={**LIMIT, "version": 1}),
    api("DELETE /authority-grants/{grant_id}", grant_id="grant", needs=MANAGE),
    api("GET /approvals", reason=MINE),
    api("GET /approvals/{approval_id}", approval_id="approval", needs=SEEN, seen_with=SEEN),
    api("POST /approvals/{approval_id}/grant", approval_id="approval", needs=DECIDE, seen_with=SEEN, data=DECISION),
    api("POST /approvals/{approval_id}/refusal", approval_id="approval", needs=DECIDE, seen_with=SEEN, data=DECISION),
    api(
        "POST /approvals/{approval_id}/withdrawal",
        approval_id="approval",
        needs=SEEN,
        seen_with=SEEN,
        data={"version": 1},
        allowed=(409,),
    ),
    api("GET /approval-figures", needs=FIGURES),
]
