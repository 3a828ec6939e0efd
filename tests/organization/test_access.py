from gongying.organization.access import SEE_ALL_PROJECTS, permission_codes
from gongying.organization.models import Post, Role


def test_without_a_post_somebody_has_only_her_own_roles(cast):
    assert cast.worker.staff.post is None
    assert permission_codes(cast.worker) == frozenset(Role.objects.get(key="worker").permissions)
    assert SEE_ALL_PROJECTS not in permission_codes(cast.steward)


def test_the_role_of_the_post_counts_beside_the_own_roles(cast):
    cast.worker.staff.post = Post.objects.create(
        name="巡检员", role=Role.objects.get(key="quality"), department=cast.worker.staff.department
    )
    cast.worker.staff.save()

    assert SEE_ALL_PROJECTS in permission_codes(cast.worker)
    assert "servicedesk.do_work" in permission_codes(cast.worker)
