import pytest

from gongying.organization.models import Role
from gongying.servicedesk.models import ServiceCategory
from tests.conftest import make_cast
from tests.databases import Rows, put_back, rows_of_all_tables


@pytest.mark.django_db(transaction=True)
def test_what_a_test_committed_is_taken_back_whole() -> None:
    as_new = rows_of_all_tables()
    make_cast()
    ServiceCategory.objects.update(name="改了")
    Role.objects.filter(key="guard").delete()
    assert in_any_order(rows_of_all_tables()) != in_any_order(as_new)

    put_back(as_new)

    assert in_any_order(rows_of_all_tables()) == in_any_order(as_new)
    assert as_new["organization_role"]
    assert not as_new["estates_project"]


def in_any_order(rows: Rows) -> dict[str, list[bytes]]:
    return {table: sorted(content.splitlines()) for table, content in rows.items()}
