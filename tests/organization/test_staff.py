from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from gongying.accounts.models import ApiToken, User
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.events.models import EventSubject
from gongying.organization.models import Role, StaffMember
from gongying.organization.operations import (
    change_staff,
    employ,
    end_due_employments,
    issue_token,
    leave_company,
    reset_password,
    return_to_company,
    revoke_token,
)
from tests.conftest import PASSWORD
from tests.race import in_the_middle

ONE_DAY = timedelta(days=1)


def fresh(user):
    return User.objects.get(pk=user.pk)


def verbs(thing):
    return list(EventSubject.objects.of(thing).order_by("pk").values_list("event__verb", flat=True))


@pytest.fixture
def today():
    return timezone.localdate()


def test_a_new_colleague_logs_in_and_must_set_her_own_password(cast, client):
    staff = employ(
        username="xiaoqian",
        name="小钱",
        phone="+8613700000099",
        password="first-word-88",
        department=cast.receptionist.staff.department,
        roles=[Role.objects.get(key="receptionist")],
        skills=["plumbing"],
        by=cast.administrator,
    )

    client.post(reverse("account_login"), {"login": "137 0000 0099", "password": "first-word-88"})
    assert client.session["_auth_user_id"] == str(staff.user.pk)
    assert client.get("/")["Location"] == reverse("account_change_password")
    assert client.get("/", headers={"HX-Request": "true"})["HX-Redirect"] == reverse("account_change_password")

    words = {"oldpassword": "first-word-88", "password1": "own-word-99", "password2": "own-word-99"}
    same = {**words, "password1": "first-word-88", "password2": "first-word-88"}
    assert client.post(reverse("account_change_password"), same).status_code == 200
    assert client.post(reverse("account_change_password"), words).status_code == 302
    assert client.get("/").status_code == 200
    assert verbs(staff) == ["staff.employed"]


@pytest.mark.parametrize("password", ["short", "12345678901", "password123"])
def test_a_weak_first_password_is_refused(cast, password):
    with pytest.raises(ValidationError):
        employ(
            username="x", name="x", password=password, department=cast.worker.staff.department, by=cast.administrator
        )

    assert not User.objects.filter(username="x").exists()


def test_what_changed_of_a_colleague_stands_in_the_journal(cast):
    staff = cast.worker.staff

    change_staff(staff, by=cast.administrator, name="张师傅", skills=["lift"], roles=[Role.objects.get(key="cashier")])
    change_staff(staff, by=cast.administrator, name="张师傅")

    event = EventSubject.objects.of(staff).get().event
    assert event.details["changed"]["name"] == ["老张", "张师傅"]
    assert set(event.details["changed"]) == {"name", "skills", "roles"}
    assert not may(fresh(cast.worker), "servicedesk.do_work")


def test_who_leaves_today_is_out_with_her_next_request(cast, client_of, today):
    browser = client_of(cast.steward)
    _token, secret = issue_token(cast.steward, name="Excel", scopes=["read"], days=5, by=cast.steward)
    assert browser.get("/").status_code == 200
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 200

    leave_company(cast.steward.staff, on=today, by=cast.administrator)

    assert browser.get("/").status_code == 302
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert ApiToken.objects.find(secret) is None
    assert not cast.steward.staff.territory_assignments.filter(during__contains=today).exists()
    assert cast.steward.staff.territory_assignments.filter(during__contains=today - ONE_DAY).exists()
    client = Client()
    client.post(reverse("account_login"), {"login": "wangguanjia", "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_who_will_leave_works_until_then_and_is_out_on_the_day(cast, client_of, today, monkeypatch):
    browser = client_of(cast.steward)
    _token, secret = issue_token(cast.steward, name="Excel", scopes=["read"], days=5, by=cast.steward)
    leave_company(cast.steward.staff, on=today + ONE_DAY, by=cast.administrator)
    assert browser.get("/").status_code == 200
    assert may(fresh(cast.steward), "customers.view_files")
    assert end_due_employments() == 0

    monkeypatch.setattr(timezone, "localdate", lambda *_args: today + ONE_DAY)

    assert browser.get("/").status_code == 302
    assert "_auth_user_id" not in browser.session
    assert not may(fresh(cast.steward), "customers.view_files")
    assert Client().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    assert end_due_employments() == 1
    assert not fresh(cast.steward).is_active
    assert end_due_employments() == 0


def test_departures_that_cannot_be(cast, today):
    staff = cast.steward.staff
    with pytest.raises(Refused):  # her own
        leave_company(cast.administrator.staff, on=today, by=cast.administrator)
    with pytest.raises(Refused):
        leave_company(staff, on=staff.hired_on, by=cast.administrator)
    leave_company(staff, on=today, by=cast.administrator)
    with pytest.raises(Refused):
        leave_company(staff, on=today, by=cast.administrator)

    assert verbs(staff) == ["staff.left"]


def test_a_departure_is_taken_back(cast, client, today):
    with pytest.raises(Refused):
        return_to_company(cast.steward.staff, by=cast.administrator)
    leave_company(cast.steward.staff, on=today, by=cast.administrator)

    return_to_company(cast.steward.staff, by=cast.administrator)

    client.post(reverse("account_login"), {"login": "wangguanjia", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(cast.steward.pk)
    assert StaffMember.objects.get(user=cast.steward).left_on is None
    assert verbs(cast.steward.staff) == ["staff.left", "staff.returned"]


def test_a_reset_password_ends_the_sessions(cast, client_of):
    browser = client_of(cast.steward)

    reset_password(cast.steward.staff, password="another-one-7", by=cast.administrator)

    assert browser.get("/").status_code == 302
    assert fresh(cast.steward).check_password("another-one-7")
    assert fresh(cast.steward).must_change_password
    assert verbs(cast.steward.staff) == ["staff.password_reset"]


def test_changing_the_own_password_ends_the_other_sessions(cast, client_of):
    here, elsewhere = client_of(cast.steward), client_of(cast.steward)

    words = {"oldpassword": PASSWORD, "password1": "own-word-99", "password2": "own-word-99"}
    assert here.post(reverse("account_change_password"), words).status_code == 302

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_a_token_is_found_by_its_secret_alone_and_dies_when_revoked(cast):
    token, secret = issue_token(cast.steward, name="Excel", scopes=["read"], days=5, by=cast.administrator)
    assert ApiToken.objects.find(secret) == token
    assert secret not in str(vars(ApiToken.objects.get(pk=token.pk)))

    revoke_token(token, by=cast.administrator)

    assert ApiToken.objects.find(secret) is None
    with pytest.raises(Refused):
        revoke_token(token, by=cast.administrator)
    assert verbs(cast.steward.staff) == ["token.issued", "token.revoked"]


@pytest.mark.parametrize("days", [0, 731, -1])
def test_a_token_without_end_is_refused(cast, days):
    with pytest.raises(Refused):
        issue_token(cast.steward, name="x", scopes=["read"], days=days, by=cast.steward)


def test_the_twenty_first_token_is_refused(cast):
    for number in range(20):
        issue_token(cast.steward, name=str(number), scopes=["read"], days=5, by=cast.steward)
    with pytest.raises(Refused):
        issue_token(cast.steward, name="21", scopes=["read"], days=5, by=cast.steward)
    ApiToken.objects.filter(name="3").update(expires_at=timezone.now())

    issue_token(cast.steward, name="21", scopes=["read"], days=5, by=cast.steward)


@pytest.mark.django_db(transaction=True)
def test_whose_departure_is_taken_back_while_employments_are_ended_keeps_her_log_in(cast):
    staff = cast.steward.staff
    leave_company(staff, on=timezone.localdate() + ONE_DAY, by=cast.administrator)
    StaffMember.objects.filter(pk=staff.pk).update(left_on=timezone.localdate())

    in_the_middle(lambda: return_to_company(staff, by=cast.administrator), end_due_employments)

    assert User.objects.get(pk=cast.steward.pk).is_active
