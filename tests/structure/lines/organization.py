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


def a_post(sample: Sample) -> Post:
    return Post.objects.create(name="岗位", department=Department.objects.all()[0], role=Role.objects.all()[0])


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

LINES = [
    api("GET /me"),
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
