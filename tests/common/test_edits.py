"""Two people edit one row: the second keeps what she typed, sees what the first has stored, and decides again."""

import pytest
from django.urls import reverse

from gongying.common.errors import Refused
from gongying.common.permissions import declared_permissions
from gongying.customers.models import ContactPoint, Party
from gongying.customers.operations import change_contact_point, change_party
from gongying.estates.models import Project
from gongying.organization.models import Department, Role
from gongying.organization.operations import change_role, change_staff, save_department
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations.categories import save_category
from tests.conftest import Cast


@pytest.fixture
def admin(cast: Cast, client_of):
    return client_of(cast.administrator)


def told(response) -> dict[str, list[str]]:
    """What stands beside each field."""
    assert response.status_code == 409, response.content.decode()[:2000]
    return {name: list(errors) for name, errors in response.context["form"].errors.items() if name != "__all__"}


def test_department_shows_what_is_stored_beside_what_was_typed(cast: Cast, admin) -> None:
    above = cast.receptionist.staff.department
    row = Department.objects.create(name="临时部", kind="order")
    url = reverse("organization:department-update", args=[row.pk])
    row.name, row.kind, row.parent = "保洁部", "environment", above
    save_department(row, by=cast.administrator)

    stale = admin.post(url, {"name": "绿化部", "kind": "order", "parent": "", "version": 1})

    assert told(stale) == {
        "name": ["现在保存的是：保洁部"],
        "kind": [f"现在保存的是：{row.get_kind_display()}"],
        "parent": [f"现在保存的是：{above.name}"],
    }
    page = stale.content.decode()
    assert "别人刚刚改过这条内容" in page
    assert 'value="绿化部"' in page
    row.refresh_from_db()
    assert (row.name, row.kind, row.parent, row.version) == ("保洁部", "environment", above, 2)

    again = {name: stale.context["form"][name].value() or "" for name in ("name", "kind", "parent", "version")}
    assert admin.post(url, again).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.kind, row.parent, row.version) == ("绿化部", "order", None, 3)


def test_what_both_typed_alike_needs_no_word(cast: Cast, admin) -> None:
    row = Department.objects.create(name="临时部", kind="order")
    row.name = "绿化部"
    save_department(row, by=cast.administrator)
    same = {"name": "绿化部", "kind": "order", "parent": "", "version": 1}
    assert told(admin.post(reverse("organization:department-update", args=[row.pk]), same)) == {}


def test_lists_and_permissions_are_told_by_their_labels(cast: Cast, admin) -> None:
    role = Role.objects.get(key="guard")
    change_role(role, label="门岗", permissions=["organization.view_staff"], by=cast.administrator)
    sent = {"label": "门岗", "organization": ["organization.manage_staff"], "version": 1}
    beside = told(admin.post(reverse("organization:role-update", args=[role.pk]), sent))
    label = declared_permissions()["organization"]["organization.view_staff"]
    assert beside == {"organization": [f"现在保存的是：{label}"]}

    staff = cast.guard.staff
    cleaner = Role.objects.get(key="cleaner")
    change_staff(staff, by=cast.administrator, roles=[cleaner], skills=[])
    sent = {
        "name": staff.name,
        "phone": staff.user.phone,
        "department": staff.department_id,
        "most_jobs_a_day": staff.most_jobs_a_day,
        "version": 1,
    }
    beside = told(admin.post(reverse("organization:staff-update", args=[staff.pk]), sent))
    assert beside == {"roles": [f"现在保存的是：{cleaner.label}"]}


def test_nothing_and_no_are_words_too(cast: Cast, admin) -> None:
    category = ServiceCategory.objects.get(code="home-plumbing-leak")
    category.needs_follow_up, category.trade = False, ""
    save_category(category, by=cast.administrator)
    sent = {
        **{
            name: getattr(category, name)
            for name in ("name", "code", "default_urgency", "payer", "dispatch_mode", "position")
        },
        "parent": category.parent_id,
        "property_kinds": category.property_kinds,
        "is_active": "on",
        "needs_follow_up": "on",
        "trade": "plumbing",
        "version": 1,
    }
    beside = told(admin.post(reverse("servicedesk:category-edit", args=[category.pk]), sent))
    assert beside == {"needs_follow_up": ["现在保存的是：否"], "trade": ["现在保存的是：（空）"]}


def test_a_number_that_is_masked_stays_masked(cast: Cast, client_of) -> None:
    point: ContactPoint = cast.zhou.contact_points.get()
    change_contact_point(point, by=cast.receptionist, value="13655556666", label="新号")
    url = reverse("customers:contact-edit", args=[point.pk])

    stale = client_of(cast.receptionist).post(url, {"value": "13600000003", "label": "", "version": 1})

    assert told(stale) == {"label": ["现在保存的是：新号"]}
    assert "13655556666" not in stale.content.decode()


def test_what_was_typed_comes_back_in_the_drawer_too(cast: Cast, client_of) -> None:
    change_party(Party.objects.get(pk=cast.zhou.pk), by=cast.receptionist, note="常出差")
    url = reverse("customers:party-edit", args=[cast.zhou.pk])
    sent = {"name": "周先生", "kind": "person", "note": "<b>养狗</b>", "version": 1}

    stale = client_of(cast.receptionist).post(url, sent, headers={"HX-Request": "true"})

    assert told(stale) == {"note": ["现在保存的是：常出差"]}
    assert "<html" not in stale.content.decode()
    assert "&lt;b&gt;养狗&lt;/b&gt;" in stale.content.decode()


def test_deleted_meanwhile_is_said(cast: Cast, admin) -> None:
    project = Project.objects.create(name="错项目", code="XX", kind="residential")
    gone = Project.objects.get(pk=project.pk)
    project.delete()
    with pytest.raises(Refused, match="刚刚被别人删除"):
        gone.advance_version(seen=1)


def test_a_thing_has_the_name_of_a_thing(cast: Cast, admin) -> None:
    """Chinese tells the name of a person (姓名) from that of a thing (名称)."""
    department = admin.get(reverse("organization:department-new")).context["form"]
    colleague = admin.get(reverse("organization:staff-new")).context["form"]
    assert (department["name"].label, department["parent"].label, colleague["name"].label) == ("名称", "上级", "姓名")
