import json

from gongying.common.permissions import declared_permissions, may
from gongying.organization.access import permission_codes
from gongying.organization.installation import DATA
from gongying.organization.models import Post, Role, StaffMember


def test_every_permission_of_an_app_begins_with_its_label():
    for label, permissions in declared_permissions().items():
        assert [code for code in permissions if not code.startswith(f"{label}.")] == []


def test_a_person_may_what_her_roles_allow_and_nothing_else(cast):
    worker = next(row for row in json.loads((DATA / "roles.json").read_text()) if row["key"] == "worker")

    assert permission_codes(cast.worker) == frozenset(worker["permissions"])
    assert may(cast.worker, "servicedesk.do_work")
    assert not may(cast.worker, "organization.manage_staff")


def test_the_role_of_the_post_counts_beside_the_further_roles(cast):
    staff = cast.worker.staff
    role = Role.objects.create(key="gatekeeper", label="门岗", permissions=["customers.view_files"])
    staff.post = Post.objects.create(name="门岗", department=staff.department, role=role)
    staff.save()
    user = type(cast.worker).objects.get(pk=cast.worker.pk)

    assert permission_codes(user) > {"customers.view_files", "servicedesk.do_work"}


def test_who_has_no_role_and_no_post_may_nothing(cast):
    StaffMember.objects.get(user=cast.guard).roles.clear()

    assert permission_codes(type(cast.guard).objects.get(pk=cast.guard.pk)) == frozenset()
