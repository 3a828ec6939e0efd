import pytest

from gongying.common.errors import Refused
from gongying.customers.models import HeadcountRecord, HouseholdWarning, Party, Vehicle
from gongying.estates.models import Unit
from gongying.group_chats.models import GroupBot, GroupMessage
from gongying.handover.models import OutstandingDefect, UnitHandover
from gongying.reception.enums import TicketState
from gongying.reception.models import ReceptionTicket
from gongying.servicedesk.enums import ComplaintState, RequestState, WorkState
from gongying.servicedesk.models import (
    Conclusion,
    HotlineObjection,
    HotlineOrder,
    PublicFault,
    RequestLink,
    ServiceRequest,
    SupportTask,
    WorkCost,
    WorkOrder,
)
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
    assert Unit.objects.filter(project__code="YG").count() == 1200 + 12  # the new building
    companies = Party.objects.filter(kind="company").exclude(roles__role="developer")
    assert (companies.count(), sum(record.heads for record in HeadcountRecord.objects.all())) == (40, 5000)
    assert [login for _role, _name, login, _password in demo_logins()] == [p["login"] for p in read("company")["staff"]]
    assert PublicFault.objects.open().with_numbers().get().number_of_calls == 4
    again = HotlineOrder.objects.get(repeat_of__isnull=False)
    assert again.service_request == again.repeat_of.service_request
    orders = HotlineOrder.objects
    assert set(orders.values_list("callback__solved", flat=True)) == {None, True, False}
    assert set(HotlineObjection.objects.values_list("outcome", flat=True)) == {"", "upheld"}
    for code in ("YG", "YQ"):
        here = ServiceRequest.objects.filter(project__code=code)
        assert here.violations().exists(), code
        assert SupportTask.objects.filter(service_request__in=here).exists(), code
        assert HouseholdWarning.objects.filter(unit__project__code=code).in_force().exists(), code
        assert RequestLink.objects.filter(first__in=here).exists(), code
        assert here.filter(state="merged").exists(), code
        assert orders.filter(service_request__in=here).exists(), code
        assert GroupBot.objects.filter(project__code=code, is_active=False).exists(), code
    assert set(Conclusion.objects.values_list("outcome", flat=True)) == {"heeded", "enforced"}
    assert WorkCost.objects.filter(labour__gt=0).exists()
    assert not GroupMessage.objects.exists()  # a demo tells nobody outside anything
    assert set(ReceptionTicket.objects.values_list("state", flat=True)) == {TicketState.DONE, TicketState.LEFT_UNSEEN}
    assert set(UnitHandover.objects.values_list("state", flat=True)) == {
        "handed_over",
        "refused",
        "arranged",
        "planned",
    }
    assert set(OutstandingDefect.objects.values_list("state", flat=True)) >= {"open", "mended", "closed"}
    spaces = list(Vehicle.objects.values_list("parking_space", flat=True))
    assert len(spaces) == len(set(spaces)) > 1
    with pytest.raises(Refused):
        load_demo(say=lambda _words: None)
