from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import ApiToken, User
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.estates.models import Building, TerritoryScope
from gongying.organization.models import Department, Leave, Post, Role, StaffMember, Territory, TerritoryAssignment
from gongying.organization.operations import save_department

DUTIES = {"communication_duty": "主动问候", "feedback_duty": "当日上报", "complaint_duty": "首问负责"}


@pytest.fixture
def admin(cast, client_of):
    return client_of(cast.administrator)


def person(cast, **more):
    return {
        "name": "小钱",
        "username": "xiaoqian",
        "password": "first-word-88",
        "phone": "１３７ 0000 0099",
        "department": cast.receptionist.staff.department_id,
        "roles": [Role.objects.get(key="guard").pk],
        "skills": ["plumbing"],
        "hired_on": "2026-01-01",
        **more,
    }


def test_a_colleague_is_employed_on_the_page(cast, admin):
    response = admin.post(reverse("organization:staff-create"), person(cast))

    staff = StaffMember.objects.get(user__username="xiaoqian")
    assert response["Location"] == reverse("organization:staff-show", args=[staff.pk])
    assert (staff.user.phone, staff.skills, staff.user.must_change_password) == ("+8613700000099", ["plumbing"], True)
    assert "小钱" in admin.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "长" * 51),
        ("name", "小\x00钱"),
        ("username", "小钱"),
        ("username", "XiaoZhao"),
        ("password", "12345"),
        ("phone", "abc"),
        ("phone", "13700000001"),
        ("email", "x@"),
        ("email", "front.desk@example.com"),
        ("department", "999999"),
        ("department", "x' OR 1=1"),
        ("skills", ["flying"]),
        ("hired_on", "2026-02-30"),
    ],
)
def test_what_is_wrong_with_a_colleague_is_said_at_its_field(cast, admin, field, value):
    User.objects.filter(pk=cast.receptionist.pk).update(email="Front.Desk@example.com")
    response = admin.post(reverse("organization:staff-create"), person(cast, **{field: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not StaffMember.objects.filter(hired_on="2026-01-01").exists()


def test_a_colleague_is_changed_and_keeps_her_own_phone(cast, admin):
    url = reverse("organization:staff-update", args=[cast.receptionist.staff.pk])
    department = cast.receptionist.staff.department_id
    words = {"name": "小赵", "phone": "137 0000 0001", "department": department, "version": 1}

    assert admin.post(url, {**words, "name": "赵姐"}).status_code == 302
    assert User.objects.get(pk=cast.receptionist.pk).name == "赵姐"


def test_the_e_mail_of_a_colleague_is_entered_changed_and_shown(cast, admin):
    admin.post(reverse("organization:staff-create"), person(cast, email="qian@example.com"))
    staff = StaffMember.objects.get(user__username="xiaoqian")
    words = {"name": "小钱", "department": staff.department_id, "version": 1}
    page = reverse("organization:staff-show", args=[staff.pk])
    assert "qian@example.com" in admin.get(page).content.decode()

    admin.post(reverse("organization:staff-update", args=[staff.pk]), words)
    assert User.objects.get(pk=staff.user_id).email == "qian@example.com"

    admin.post(reverse("organization:staff-update", args=[staff.pk]), {**words, "email": "", "version": 2})
    assert User.objects.get(pk=staff.user_id).email == ""


@pytest.mark.requirement("R-006")
def test_a_post_has_its_three_duties_and_the_staff_card_shows_them(cast, admin):
    words = {"name": "前台", "department": Department.objects.first().pk, "role": Role.objects.get(key="guard").pk}
    response = admin.post(reverse("organization:post-create"), words)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == set(DUTIES)

    admin.post(reverse("organization:post-create"), {**words, **DUTIES})
    post = Post.objects.get(name="前台")
    StaffMember.objects.filter(user=cast.guard).update(post=post)

    for url in (
        reverse("organization:post-show", args=[post.pk]),
        reverse("organization:staff-card", args=[cast.guard.staff.pk]),
    ):
        text = admin.get(url).content.decode()
        assert [duty for duty in DUTIES.values() if duty not in text] == []


def test_everybody_prints_the_own_card_and_sees_the_own_tokens(cast, client_of):
    own, other = cast.guard.staff.pk, cast.worker.staff.pk
    for name in ("staff-card", "token-index"):
        assert client_of(cast.guard).get(reverse(f"organization:{name}", args=[own])).status_code == 200
        assert client_of(cast.guard).get(reverse(f"organization:{name}", args=[other])).status_code == 403


def test_a_role_is_given_and_taken_permissions(cast, admin):
    role = Role.objects.get(key="guard")
    url = reverse("organization:role-update", args=[role.pk])

    assert admin.get(reverse("organization:role-edit", args=[role.pk])).status_code == 200
    response = admin.post(url, {"label": "门岗", "organization": ["organization.view_staff"], "version": 1})

    assert response.status_code == 302
    assert may(User.objects.get(pk=cast.guard.pk), "organization.view_staff")
    assert not may(User.objects.get(pk=cast.guard.pk), "servicedesk.register_request")
    unknown = {"label": "门岗", "organization": ["organization.rule_everything"], "version": 2}
    assert list(admin.post(url, unknown).context["form"].errors) == ["organization"]
    administrator = Role.objects.get(key="administrator")
    nothing = {"label": "x", "version": 1}
    assert admin.post(reverse("organization:role-update", args=[administrator.pk]), nothing).status_code == 409


def test_a_departure_is_entered_and_taken_back_on_the_page(cast, admin):
    staff = cast.steward.staff
    today = timezone.localdate()

    assert admin.post(reverse("organization:departure-create", args=[staff.pk]), {"on": ""}).status_code == 422
    assert admin.post(reverse("organization:departure-create", args=[staff.pk]), {"on": today}).status_code == 302
    assert not User.objects.get(pk=cast.steward.pk).is_active
    assert admin.post(reverse("organization:departure-create", args=[staff.pk]), {"on": today}).status_code == 409
    assert "王管家" in admin.get(reverse("organization:staff-index") + "?state=former").content.decode()
    assert "王管家" not in admin.get(reverse("organization:staff-index")).content.decode()

    admin.post(reverse("organization:departure-destroy", args=[staff.pk]))
    assert User.objects.get(pk=cast.steward.pk).is_active


def test_a_leave_is_entered_by_the_supervisor(cast, client_of):
    browser = client_of(cast.supervisor)
    today = timezone.localdate()
    url = reverse("organization:leave-create", args=[cast.steward.staff.pk])
    words = {"first": today, "last": today + timedelta(days=2), "deputy": cast.west_steward.staff.pk, "reason": "年假"}

    assert browser.post(url, {**words, "last": today - timedelta(days=1)}).status_code == 422
    assert browser.post(url, words).status_code == 302
    assert browser.post(url, words).status_code == 409
    page = browser.get(reverse("organization:staff-show", args=[cast.steward.staff.pk])).content.decode()
    assert "陈管家" in page
    assert str(today + timedelta(days=2)) in page

    browser.post(reverse("organization:leave-destroy", args=[Leave.objects.get().pk]))
    assert not Leave.objects.exists()


def test_a_token_is_shown_once(cast, client_of):
    browser = client_of(cast.steward)
    url = reverse("organization:token-create", args=[cast.steward.staff.pk])

    response = browser.post(url, {"name": "Excel", "scope": "read", "days": "30"})

    secret = response.context["secret"]
    assert ApiToken.objects.find(secret).user == cast.steward
    assert secret in response.content.decode()
    assert response["Cache-Control"] == "no-store"
    page = browser.get(reverse("organization:token-index", args=[cast.steward.staff.pk]))
    assert secret not in page.content.decode()
    assert browser.post(url, {"name": "x", "scope": "all", "days": "9999"}).status_code == 422

    destroy = reverse("organization:token-destroy", args=[cast.steward.staff.pk, ApiToken.objects.get().pk])
    assert client_of(cast.west_steward).post(destroy).status_code == 403
    assert browser.post(destroy).status_code == 302
    assert ApiToken.objects.find(secret) is None


def test_a_department_in_use_stays(cast, admin):
    used = cast.receptionist.staff.department
    free = Department.objects.create(name="临时", kind="quality")

    assert admin.post(reverse("organization:department-destroy", args=[used.pk])).status_code == 409
    assert admin.post(reverse("organization:department-destroy", args=[free.pk])).status_code == 302
    words = {"name": used.name, "kind": used.kind, "parent": used.pk, "version": 1}
    circle = admin.post(reverse("organization:department-update", args=[used.pk]), words)
    assert (circle.status_code, list(circle.context["form"].errors)) == (422, ["parent"])


@pytest.mark.requirement("R-023")
def test_a_territory_is_made_with_buildings_one_to_four(cast, admin):
    Building.objects.create(project=cast.sunshine, number="4")
    admin.post(reverse("territories:territory-create"), {"name": "新东区"})
    territory = Territory.objects.get(name="新东区")
    url = reverse("territories:scope-create", args=[territory.pk])
    words = {"project": cast.sunshine.pk, "buildings": "１-４", "starts_on": timezone.localdate()}

    response = admin.post(url, {**words, "buildings": "1-9"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["buildings"])
    response = admin.post(url, {**words, "entrance": "1"})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["entrance"])
    assert admin.post(url, words).status_code == 302

    scopes = TerritoryScope.objects.filter(territory=territory).order_by("building__sort_key")
    assert [scope.building.number for scope in scopes] == ["1", "2", "3", "4"]
    assert "新东区" in admin.get(reverse("territories:territory-index")).content.decode()
    # Nothing of a refused entry stays: buildings 1 to 4 are covered already, 5 is not.
    Building.objects.create(project=cast.sunshine, number="5")
    assert admin.post(url, {**words, "buildings": "5, 1"}).status_code == 409
    assert scopes.count() == 4


@pytest.mark.requirement("R-025")
def test_a_move_is_previewed_and_done_on_the_page(cast, admin):
    scope = TerritoryScope.objects.get(territory__name="东区", building=cast.unit.building)
    west = Territory.objects.get(name="西区")
    monday = timezone.localdate() + timedelta(days=7)
    url = reverse("territories:scope-move", args=[scope.pk])

    page = admin.get(url, {"to": west.pk, "on": monday}).content.decode()
    assert "王管家" in page
    assert "陈管家" in page

    words = {"to": west.pk, "on": monday}
    assert admin.post(reverse("territories:scope-repartition", args=[scope.pk]), words).status_code == 302
    assert TerritoryScope.objects.get(territory=west, building=cast.unit.building).starts_on == monday
    assert admin.post(reverse("territories:scope-repartition", args=[scope.pk]), words).status_code == 409


def test_somebody_is_put_into_a_territory_on_the_page(cast, admin):
    west = Territory.objects.get(name="西区")
    url = reverse("territories:assignment-create", args=[west.pk])
    words = {"staff": cast.steward.staff.pk, "rights": ["view_files"], "starts_on": timezone.localdate()}

    assert admin.post(url, {**words, "ends_on": timezone.localdate()}).status_code == 422
    assert admin.post(url, {**words, "rights": ["everything"]}).status_code == 422
    assert admin.post(url, words).status_code == 302
    assert admin.post(url, words).status_code == 409
    assignment = TerritoryAssignment.objects.get(staff=cast.steward.staff, territory=west)
    end = reverse("territories:assignment-end", args=[assignment.pk])
    assert admin.post(end, {"on": timezone.localdate() + timedelta(days=3)}).status_code == 302


@pytest.mark.parametrize("more", [0, 2])
def test_the_staff_list_costs_the_same_for_few_and_many(cast, admin, more, django_assert_max_num_queries):
    department = cast.worker.staff.department
    for number in range(more):
        user = User.objects.create(username=f"more{number}", name=f"员工{number}")
        StaffMember.objects.create(user=user, department=department, hired_on="2026-01-01")
    admin.get(reverse("organization:staff-index"))

    with django_assert_max_num_queries(13):
        response = admin.get(reverse("organization:staff-index"))

    assert len(response.context["page"].rows) == 11 + more


def test_two_who_move_one_department_into_the_other_make_no_circle(cast):
    first, second = Department.objects.order_by("pk")[:2]
    read_before = Department.objects.get(pk=second.pk)
    second.parent = first
    save_department(second, by=cast.administrator)

    first.parent = read_before
    with pytest.raises(Refused):
        save_department(first, by=cast.administrator)
