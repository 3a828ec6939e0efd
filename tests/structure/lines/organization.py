from datetime import timedelta

from django.utils import timezone

from gongying.accounts.models import User
from gongying.organization.models import Department, Leave, Post, Role, StaffMember
from gongying.organization.operations import employ, enter_leave, issue_token
from tests.structure.url_matrix import Sample, action, api, page


def a_colleague(sample: Sample) -> StaffMember:
    return employ(
        username="somebody",
        name="某人",
        password="first-word-88",
        department=Department.objects.all()[0],
        by=sample.user,
    )


DUTIES = dict.fromkeys(("communication_duty", "feedback_duty", "complaint_duty"), "写明")


def a_post(sample: Sample) -> Post:
    return Post.objects.create(
        name="岗位", department=Department.objects.all()[0], role=Role.objects.all()[0], **DUTIES
    )


def a_leave(sample: Sample) -> Leave:
    today = timezone.localdate()
    return enter_leave(sample.get("staff"), first=today, last=today + timedelta(days=1), deputy=None, by=sample.user)


def a_token(sample: Sample):
    return issue_token(sample.get("staff").user, name="x", scopes=["read"], days=1, by=sample.user)[0]


def a_departed(sample: Sample) -> StaffMember:
    user = User.objects.create(username="gone", name="离职")
    department = Department.objects.all()[0]
    return StaffMember.objects.create(user=user, department=department, hired_on="2024-01-01", left_on="2025-01-01")


OBJECTS = {
    "staff": a_colleague,
    "departed": a_departed,
    "post": a_post,
    "leave": a_leave,
    "token": a_token,
    "role": lambda _sample: Role.objects.get(key="guard"),
    "department": lambda _sample: Department.objects.all()[0],
}
SEE = "organization.view_staff"
STAFF = "organization.manage_staff"
LEAVE = "organization.manage_leave"
ROLES = "organization.manage_roles"
TOKENS = "accounts.issue_tokens"
NOWHERE = {"place": False}
UNCHANGED = {"data": {"version": 1}, "allowed": (200,), **NOWHERE}
GONE = {"data": {}, "allowed": (204, 409), **NOWHERE}
NEW_PASSWORD = {"password": "autumn-leaves-7"}
LONG_AWAY = {"first": "2069-01-01", "last": "2069-01-02"}


def a_post_body(_sample: Sample) -> dict[str, object]:
    ids = {"department_id": Department.objects.earliest("pk").pk, "role_id": Role.objects.earliest("pk").pk}
    return {"name": "前台", **ids, **DUTIES}


def a_staff_body(_sample: Sample) -> dict[str, object]:
    department = Department.objects.earliest("pk").pk
    return {
        "name": "新人",
        "username": "newcomer",
        "department_id": department,
        "hired_on": "2026-01-01",
        **NEW_PASSWORD,
    }


def today_only(_sample: Sample) -> dict[str, object]:
    return {"last": timezone.localdate().isoformat()}


LINES = [
    api("GET /me"),
    api("GET /departments", needs=SEE),
    api("POST /departments", needs=STAFF, data={"name": "保洁部", "kind": "environment"}, allowed=(201,)),
    api("GET /departments/{department_id}", department_id="department", needs=SEE, **NOWHERE),
    api("PATCH /departments/{department_id}", needs=STAFF, **UNCHANGED, department_id="department"),
    api("DELETE /departments/{department_id}", needs=STAFF, **GONE, department_id="department"),
    api("GET /posts", needs=SEE),
    api("POST /posts", needs=STAFF, data=a_post_body, allowed=(201,)),
    api("GET /posts/{post_id}", post_id="post", needs=SEE, **NOWHERE),
    api("PATCH /posts/{post_id}", needs=STAFF, **UNCHANGED, post_id="post"),
    api("DELETE /posts/{post_id}", needs=STAFF, **GONE, post_id="post"),
    api("GET /permissions", needs=ROLES),
    api("GET /staff-roles", needs=SEE),
    api("POST /staff-roles", needs=ROLES, data={"label": "门岗", "permissions": []}, allowed=(201,)),
    api("GET /staff-roles/{role_id}", role_id="role", needs=SEE, **NOWHERE),
    api("PATCH /staff-roles/{role_id}", needs=ROLES, **UNCHANGED, role_id="role"),
    api("GET /staff", needs=SEE),
    api("POST /staff", needs=STAFF, data=a_staff_body, allowed=(201,)),
    api("GET /staff/{staff_id}", staff_id="staff", needs=SEE, **NOWHERE),
    api("PATCH /staff/{staff_id}", needs=STAFF, **UNCHANGED, staff_id="staff"),
    api("POST /staff/{staff_id}/departure", staff_id="staff", needs=STAFF, data={"on": "2070-01-01"}, **NOWHERE),
    api("DELETE /staff/{staff_id}/departure", staff_id="departed", needs=STAFF, data={}, **NOWHERE),
    api("POST /staff/{staff_id}/password-resets", staff_id="staff", needs=STAFF, data=NEW_PASSWORD, **NOWHERE),
    api("GET /staff/{staff_id}/leaves", staff_id="staff", needs=SEE, **NOWHERE),
    api("POST /staff/{staff_id}/leaves", staff_id="staff", needs=LEAVE, data=LONG_AWAY, allowed=(201,), **NOWHERE),
    api("POST /leaves/{leave_id}/shortening", leave_id="leave", needs=LEAVE, data=today_only, **NOWHERE),
    api("DELETE /leaves/{leave_id}", needs=LEAVE, **GONE, leave_id="leave"),
    api("GET /staff/{staff_id}/matters", staff_id="staff", needs=LEAVE, **NOWHERE),
    api("POST /staff/{staff_id}/hand-over", staff_id="staff", needs=LEAVE, data={"to": {}}, allowed=(409,), **NOWHERE),
    page("organization:matters-show", staff_id="staff", needs=LEAVE, **NOWHERE),
    action("organization:matters-show", staff_id="staff", needs=LEAVE, **NOWHERE),
    api("GET /staff/{staff_id}/tokens", staff_id="staff", needs=TOKENS, **NOWHERE),
    api("DELETE /staff/{staff_id}/tokens/{token_id}", needs=TOKENS, **GONE, staff_id="staff", token_id="token"),
    page("organization:department-index", needs=SEE),
    page("organization:department-new", needs=STAFF),
    action("organization:department-create", needs=STAFF),
    page("organization:department-edit", department_id="department", needs=STAFF, **NOWHERE),
    action("organization:department-update", department_id="department", needs=STAFF, **NOWHERE),
    action("organization:department-destroy", department_id="department", needs=STAFF, **NOWHERE),
    page("organization:post-new", needs=STAFF),
    action("organization:post-create", needs=STAFF),
    page("organization:post-show", post_id="post", needs=SEE, **NOWHERE),
    page("organization:post-edit", post_id="post", needs=STAFF, **NOWHERE),
    action("organization:post-update", post_id="post", needs=STAFF, **NOWHERE),
    action("organization:post-destroy", post_id="post", needs=STAFF, **NOWHERE),
    page("organization:role-index", needs=ROLES),
    action("organization:role-offers", needs=ROLES, allowed=(409,)),
    action("organization:role-offers-decline", needs=ROLES, allowed=(409,)),
    action("organization:role-offers-renew", needs=ROLES, allowed=(409,)),
    page("organization:role-new", needs=ROLES),
    action("organization:role-create", needs=ROLES),
    page("organization:role-edit", role_id="role", needs=ROLES, **NOWHERE),
    action("organization:role-update", role_id="role", needs=ROLES, **NOWHERE),
    page("organization:staff-index", needs=SEE),
    page("organization:staff-new", needs=STAFF),
    action("organization:staff-create", needs=STAFF),
    page("organization:staff-show", staff_id="staff", needs=SEE, **NOWHERE),
    page("organization:staff-edit", staff_id="staff", needs=STAFF, **NOWHERE),
    action("organization:staff-update", staff_id="staff", needs=STAFF, **NOWHERE),
    page("organization:staff-card", staff_id="staff", needs=SEE, **NOWHERE),
    page("organization:departure-new", staff_id="staff", needs=STAFF, **NOWHERE),
    action("organization:departure-create", staff_id="staff", needs=STAFF, **NOWHERE),
    action("organization:departure-destroy", staff_id="departed", needs=STAFF, **NOWHERE),
    page("organization:password-new", staff_id="staff", needs=STAFF, **NOWHERE),
    action("organization:password-create", staff_id="staff", needs=STAFF, **NOWHERE),
    page("organization:leave-new", staff_id="staff", needs=LEAVE, **NOWHERE),
    action("organization:leave-create", staff_id="staff", needs=LEAVE, **NOWHERE),
    action("organization:leave-destroy", leave_id="leave", needs=LEAVE, **NOWHERE),
    page("organization:token-index", staff_id="staff", needs=TOKENS, **NOWHERE),
    action("organization:token-create", staff_id="staff", needs=TOKENS, **NOWHERE),
    action("organization:token-destroy", staff_id="staff", token_id="token", needs=TOKENS, **NOWHERE),
]
