import pytest
from django.urls import reverse

from tests.conftest import PASSWORD


@pytest.mark.parametrize(
    "typed",
    ["xiaozhao", "13700000001", "137 0000 0001", "+86 137-0000-0001", "１３７０００００００１", "0086 13700000001"],
)
def test_a_person_logs_in_by_name_or_by_phone_as_people_type_it(cast, client, typed):
    response = client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})

    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(cast.receptionist.pk)


@pytest.mark.parametrize("typed", ["13700000002", "nobody", "", "1", "１" * 3000])
def test_what_belongs_to_nobody_does_not_log_in(cast, client, typed):
    response = client.post(reverse("account_login"), {"login": typed, "password": PASSWORD})

    assert response.status_code == 200
    assert "_auth_user_id" not in client.session
