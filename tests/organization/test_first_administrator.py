import io

import pytest
from django.core.management import CommandError, call_command

from gongying.accounts.models import User
from gongying.organization.access import permission_codes


def test_the_first_administrator_of_an_empty_installation_may_manage_staff(db, client):
    out = io.StringIO()
    call_command("administrator", "admin", stdout=out)

    user = User.objects.get(username="admin")
    password = out.getvalue().split()[1]
    assert "organization.manage_staff" in permission_codes(user)
    assert client.login(username="admin", password=password)


def test_a_second_one_of_the_same_name_is_refused(db):
    call_command("administrator", "admin", stdout=io.StringIO())
    with pytest.raises(CommandError, match="already"):
        call_command("administrator", "admin", stdout=io.StringIO())
    assert User.objects.count() == 1


def test_a_token_is_found_by_the_name_of_one_colleague_only(cast):
    out = io.StringIO()
    call_command("token", "小赵", stdout=out)
    assert out.getvalue().startswith("gy_")

    User.objects.create(username="another", name="小赵")
    with pytest.raises(CommandError, match="Several"):
        call_command("token", "小赵", stdout=io.StringIO())
