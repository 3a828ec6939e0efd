import pytest
from django.urls import reverse

from gongying.accounts.models import User
from gongying.common.errors import Refused
from gongying.common.permissions import may
from gongying.events.models import Event
from gongying.organization.models import DeclinedOffer, Role
from gongying.organization.operations import change_role, create_role, offered_permissions, take_offered_permissions
from tests.race import in_the_middle


def test_a_changed_role_counts_with_the_next_request(cast):
    role = Role.objects.get(key="guard")
    assert not may(cast.guard, "organization.view_staff")

    change_role(role, label="门岗", permissions=["organization.view_staff"], by=cast.administrator)

    assert may(User.objects.get(pk=cast.guard.pk), "organization.view_staff")
    assert not may(User.objects.get(pk=cast.guard.pk), "servicedesk.note_request")
    assert Role.objects.get(key="guard").label == "门岗"


def test_nobody_locks_everybody_out(cast):
    role = Role.objects.get(key="administrator")

    with pytest.raises(Refused):
        change_role(role, label="管理员", permissions=["organization.manage_staff"], by=cast.administrator)

    role.refresh_from_db()
    assert "organization.manage_roles" in role.permissions


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_the_last_two_keys_away_at_once_one_is_refused(cast):
    keys = ["organization.manage_roles"]
    first = Role.objects.get(key="administrator")
    second = create_role(label="人事", permissions=keys, by=cast.administrator)
    cast.manager.staff.roles.add(second)

    outcome = in_the_middle(
        lambda: change_role(first, label=first.label, permissions=[], by=cast.manager),
        lambda: change_role(second, label=second.label, permissions=[], by=cast.administrator),
    )

    assert isinstance(outcome, Refused)
    assert Role.objects.get(pk=second.pk).permissions == keys


def test_a_role_allows_only_what_there_is(cast):
    with pytest.raises(Refused, match="nothing"):
        create_role(label="x", permissions=["nothing.do_anything"], by=cast.administrator)

    role = create_role(label="门岗组长", permissions=["organization.view_staff"], by=cast.administrator)
    assert (role.label, role.permissions) == ("门岗组长", ["organization.view_staff"])


def test_what_came_with_an_update_is_offered_and_never_given_by_itself(cast, client_of):
    code = "servicedesk.manage_service_times"
    assert offered_permissions() == []
    with pytest.raises(Refused):
        take_offered_permissions(by=cast.administrator)
    holders = [role for role in Role.objects.all() if code in role.permissions]
    for role in holders:
        role.permissions.remove(code)
        role.save()
    assert offered_permissions() == [(role, [code]) for role in holders]

    client = client_of(cast.administrator)
    assert client.get(reverse("organization:role-index")).context["offers"]
    assert client.post(reverse("organization:role-offers")).status_code == 302
    assert {role.key for role in Role.objects.all() if code in role.permissions} == {role.key for role in holders}
    assert offered_permissions() == []
    assert client_of(cast.receptionist).post(reverse("organization:role-offers")).status_code == 403


def test_an_offer_is_declined_and_who_did_it_when_is_kept(cast, client_of):
    code = "servicedesk.manage_service_times"
    for role in Role.objects.all():
        role.permissions = [held for held in role.permissions if held != code]
        role.save()
    holders = [role for role, _codes in offered_permissions()]
    assert holders
    assert client_of(cast.receptionist).post(reverse("organization:role-offers-decline")).status_code == 403
    client = client_of(cast.administrator)
    assert client.post(reverse("organization:role-offers-decline")).status_code == 302
    assert offered_permissions() == []
    assert not any(code in role.permissions for role in Role.objects.all())
    declined = DeclinedOffer.objects.get()
    assert (declined.code, declined.by) == (code, cast.administrator)
    page = client.get(reverse("organization:role-index"))
    assert not page.context["offers"]
    assert str(cast.administrator) in page.content.decode()
    assert Event.objects.get(verb="role.offers_declined").details["permissions"] == [code]
    assert client.post(reverse("organization:role-offers-decline")).status_code == 409

    assert client.post(reverse("organization:role-offers-renew")).status_code == 302
    assert [role for role, _codes in offered_permissions()] == holders
    assert client.post(reverse("organization:role-offers-renew")).status_code == 409
