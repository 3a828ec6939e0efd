import pytest

from gongying.common.errors import Refused
from gongying.customers.models import HeadcountRecord, Party
from gongying.estates.models import Unit
from gongying.servicedesk.enums import ComplaintState, RequestState, WorkState
from gongying.servicedesk.models import HotlineOrder, PublicFault, ServiceRequest, WorkOrder
from gongying.workbench.demo import demo_logins, load_demo
from gongying.workbench.demo.texts import read


@pytest.mark.django_db
def test_demo_tells_every_state_and_is_told_once() -> None:
    load_demo(say=lambda _words: None, days=1)
    complaints = set(ServiceRequest.objects.complaints().values_list("state", flat=True))
    others = set(ServiceRequest.objects.exclude(kind="complaint").values_list("state", flat=True))
    assert set(ComplaintState.values) - complaints <= {"closed"}  # needs more days than this test plays
    assert set(RequestState.values) - others <= {"closed"}
    assert set(WorkOrder.objects.values_list("state", flat=True)) >= set(WorkState.values) - {"checked"}
    assert Unit.objects.filter(project__code="YG").count() == 1200
    companies = Party.objects.filter(kind="company")
    assert (companies.count(), sum(record.heads for record in HeadcountRecord.objects.all())) == (40, 5000)
    assert [login for _role, _name, login, _password in demo_logins()] == [p["login"] for p in read("company")["staff"]]
    assert PublicFault.objects.open().with_numbers().get().number_of_calls == 4
    first, again = HotlineOrder.objects.order_by("received_at")
    assert (again.repeat_of, again.service_request) == (first, first.service_request)
    with pytest.raises(Refused):
        load_demo(say=lambda _words: None)
