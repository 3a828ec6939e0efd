"""Item 11: what belongs together is linked, split and merged, and seen from any of its requests."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gongying.common.errors import Refused, Stale
from gongying.events.models import EventSubject
from gongying.files.models import Attachment
from gongying.files.operations import attach
from gongying.interactions.models import Interaction
from gongying.servicedesk import operations as do
from gongying.servicedesk.models import RequestLink, ServiceCategory, ServiceRequest
from gongying.servicedesk.whole_matter import matter_of, similar_solutions
from tests.files.test_attachments import picture
from tests.race import race
from tests.servicedesk.walks import TICKS, request_in, work_in


def split(request, *, by, kind="complaint", **more):
    category = ServiceCategory.objects.get(code="service-attitude-worker")
    return do.split_request(request, by=by, text="师傅态度差", category=category, kind=kind, **more)


def verbs_of(request):
    return set(EventSubject.objects.of(request).values_list("event__verb", flat=True))


def test_two_matters_in_one_request_become_two_and_both_keep_the_history(cast, register, settle):
    request = register(text="水管漏水，上次师傅态度也差")
    attach(picture("leak.jpg"), to=request, by=cast.receptionist)
    do.note_request(request, by=cast.receptionist, text="业主很生气")
    new = split(request, by=cast.receptionist)
    settle()
    assert new.number.startswith("YG-TS26-")
    assert (new.interaction, new.party, new.unit) == (request.interaction, request.party, request.unit)
    assert new.occurred_at == request.occurred_at
    assert new.clocks.get(metric="first_response").started_at == request.occurred_at
    assert {"request.registered", "request.noted", "request.split"} <= verbs_of(new)
    assert Attachment.objects.of(new).count() == 1
    # What comes later stands where it happens.
    do.note_request(request, by=cast.receptionist, text="只说漏水")
    texts = (
        EventSubject.objects.of(new).filter(event__verb="request.noted").values_list("event__details__text", flat=True)
    )
    assert list(texts) == ["业主很生气"]


@pytest.mark.parametrize(("kind", "state"), [("complaint", "withdrawn"), ("help", "cancelled")])
def test_a_split_is_undone_and_nothing_is_lost(cast, register, settle, kind, state):
    request = register()
    new = split(request, by=cast.receptionist, kind=kind)
    do.note_request(new, by=cast.receptionist, text="与维修是一回事")
    do.undo_split(new, by=cast.receptionist, reason="是同一件事")
    settle()
    new.refresh_from_db()
    assert (new.state, request.state) == (state, "registered")
    link = RequestLink.objects.get()
    assert (link.undone_by, link.undone_reason) == (cast.receptionist, "是同一件事")
    assert {"request.noted", "request.split_undone"} <= verbs_of(request)
    with pytest.raises(Refused, match="was undone already"):
        do.undo_split(new, by=cast.receptionist, reason="再来")


def test_a_split_is_not_undone_while_somebody_works_on_it(cast, register):
    request = register()
    new = split(request, by=cast.receptionist, kind="repair")
    do.dispatch_work(new, by=cast.supervisor, outside_firm="水电公司")
    with pytest.raises(Refused, match="Somebody is working on it"):
        do.undo_split(new, by=cast.receptionist, reason="是同一件事")
    with pytest.raises(Refused, match="This matter is finished"):
        split(request_in("closed", cast, register), by=cast.receptionist)


def test_links_join_and_are_undone(cast, register):
    first, second = register(), register(unit=cast.west_unit, party=None)
    link = do.link_requests(second, to=first, by=cast.receptionist, reason="同一根管道")
    assert (link.first, link.second) == (first, second)
    with pytest.raises(Refused, match="linked already"):
        do.link_requests(first, to=second, by=cast.receptionist)
    with pytest.raises(Refused, match="to itself"):
        do.link_requests(first, to=first, by=cast.receptionist)
    with pytest.raises(Stale):
        do.link_requests(first, to=second, by=cast.receptionist, seen=99)
    with pytest.raises(Refused, match="A reason is needed"):
        do.unlink_requests(link, by=cast.receptionist, reason=" ")
    do.unlink_requests(link, by=cast.receptionist, reason="不是一根管道")
    assert matter_of(first, cast.supervisor).requests == []
    do.link_requests(first, to=second, by=cast.receptionist)  # and again
    assert {"request.linked", "request.unlinked"} <= verbs_of(second)


def test_the_database_keeps_links_true(cast, register):
    first, second = register(), register()
    elsewhere = register(unit=cast.park_unit, party=None)
    link = do.link_requests(second, to=first, by=cast.receptionist)
    facts = {"kind": "same", "by": cast.receptionist, "at": link.at}
    for pair, message in (
        ((second, first), "request_link_older_first"),
        ((first, second), "request_link_once_at_a_time"),
        ((first, elsewhere), "of different projects"),
    ):
        with pytest.raises(IntegrityError, match=message), transaction.atomic():
            RequestLink.objects.create(first=pair[0], second=pair[1], **facts)
    with pytest.raises(IntegrityError, match="nothing else of it changes"), transaction.atomic():
        RequestLink.objects.update(reason="改了")
    with pytest.raises(IntegrityError, match="rows are kept"), transaction.atomic():
        RequestLink.objects.all().delete()


def test_from_any_request_one_sees_the_whole_matter(cast, register):
    """A repair and its visit, a neighbour's linked one, a merged duplicate, a complaint about the job, an outside order."""
    work = work_in("on_site", cast, register, category="home-plumbing-tap")
    repair = work.service_request
    do.complete_work(work, by=cast.worker, ticks=TICKS)
    linked = register(unit=cast.west_unit, party=None, category="home-plumbing-tap")
    do.link_requests(linked, to=repair, by=cast.supervisor)
    duplicate = register(category="home-plumbing-tap")
    do.merge_requests(duplicate, into=linked, by=cast.supervisor)
    complaint = register(kind="complaint", category="service-attitude-worker", about_work_order=work)
    chaser = do.chase_request(linked, by=cast.receptionist, channel="phone", text="好了没有")
    order = do.receive_order(
        by=cast.receptionist,
        source="hotline_12345",
        external_no="12345-1",
        received_at=linked.occurred_at,
        kind="repair",
        category=linked.category,
        text="龙头漏水",
        project=cast.sunshine,
        unit=cast.west_unit,
    )
    other = register()
    family = {repair, linked, duplicate, complaint}
    for request in family:
        matter = matter_of(request, cast.supervisor)
        assert set(matter.requests) == family - {request}
        assert {chaser, order.interaction} <= set(matter.touches)
        assert matter.orders == [order]
        assert [visit.work_order for visit in matter.visits] == [work]
    assert not set(matter_of(other, cast.supervisor).requests)
    # 王管家 serves the east only: what is in the west is not shown to him.
    seen = matter_of(repair, cast.steward)
    assert set(seen.requests) == {duplicate, complaint}
    assert seen.orders == []
    assert not {chaser, order.interaction} & set(seen.touches)
    assert [visit.work_order for visit in seen.visits] == [work]
    # Nor is the visit in the east shown to who serves the west.
    assert matter_of(linked, cast.west_steward).visits == []


def test_merged_numbers_stay_findable_and_a_merge_is_undone(client, cast, register):
    first, second = register(), register()
    do.merge_requests(second, into=first, by=cast.supervisor)
    client.force_login(cast.receptionist)
    found = client.get(reverse("workbench:search-index"), {"q": second.number})
    assert found.url == reverse("servicedesk:request-show", args=[second.pk])
    assert matter_of(first, cast.supervisor).requests == [second]
    do.undo_merge(second, by=cast.supervisor)
    assert matter_of(first, cast.supervisor).requests == []


def test_similar_cases_show_what_was_done_and_where_it_is_written(cast, register):
    texts = {"抽油烟机不转": "换电容", "厨房水管接头漏水": "更换密封圈", "阳台水管漏水": "重新打胶"}
    closed = {}
    for text, answer in texts.items():
        request = register(kind="help", category="service-attitude-desk", text=text)
        do.answer_on_the_spot(request, by=cast.supervisor, text=answer, score=5)
        closed[answer] = request
    request = register(
        kind="help", category="service-attitude-desk", text="厨房水管漏水", unit=cast.west_unit, party=None
    )
    solutions = similar_solutions(request, cast.supervisor)
    assert [solution.text for solution in solutions] == ["更换密封圈", "重新打胶", "换电容"]
    assert solutions[0].service_request == closed["更换密封圈"]
    assert similar_solutions(request, cast.west_steward) == []  # they are in the east


def test_the_pages(client, cast, register):
    client.force_login(cast.supervisor)
    first, second = register(), register()
    address = reverse("servicedesk:request-step", args=[second.pk, "link"])
    assert client.post(address, {"number": "nonsense", "version": 1}).status_code == 422
    assert client.post(address, {"number": first.number, "version": second.version}).status_code == 302
    link = RequestLink.objects.get()
    related = client.get(reverse("servicedesk:request-related", args=[first.pk])).content.decode()
    assert second.number in related
    undo = reverse("servicedesk:link-undo", args=[link.pk])
    assert undo in related
    assert client.post(undo, {"reason": ""}).status_code == 422
    assert client.post(undo, {"reason": "错了"}).status_code == 302
    assert client.post(undo, {"reason": "错了"}).status_code == 409
    address = reverse("servicedesk:request-step", args=[first.pk, "split"])
    category = ServiceCategory.objects.get(code="service-attitude-worker")
    first.refresh_from_db()
    sent = {"text": "态度差", "kind": "complaint", "category": category.pk, "version": first.version}
    assert client.post(address, sent).status_code == 302
    new = ServiceRequest.objects.complaints().get()
    address = reverse("servicedesk:request-step", args=[new.pk, "undo_split"])
    assert client.post(address, {"reason": "同一件事", "version": new.version}).status_code == 302


def test_whoever_splits_is_told_the_number_to_tell_the_customer(client, cast, register):
    request = register()
    client.force_login(cast.supervisor)
    address = reverse("servicedesk:request-step", args=[request.pk, "split"])
    given = {"text": "楼道灯也不亮", "kind": "repair", "category": request.category_id, "version": request.version}
    page = client.post(address, given, follow=True).content.decode()
    assert f"另一件事已单独编号：{RequestLink.objects.get().second.number}。" in page


def outcomes(results):
    return sorted(type(result).__name__ for result in results)


@pytest.mark.django_db(transaction=True)
def test_two_who_merge_crosswise_do_not_deadlock_and_one_request_goes_on(cast, register):
    first, second = register(), register()
    results = race(
        lambda: do.merge_requests(first, into=second, by=cast.supervisor),
        lambda: do.merge_requests(second, into=first, by=cast.supervisor),
    )
    assert outcomes(results) == ["Refused", "ServiceRequest"]
    assert sorted(ServiceRequest.objects.values_list("state", flat=True)) == ["merged", "registered"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_split_what_both_saw_one_is_told_that_it_changed(cast, register):
    request = register()
    results = race(*[lambda: split(request, by=cast.receptionist, seen=request.version)] * 2)
    assert outcomes(results) == ["ServiceRequest", "Stale"]
    assert RequestLink.objects.count() == 1
    new = RequestLink.objects.get().second
    results = race(*[lambda: do.undo_split(new, by=cast.receptionist, reason="同一件事")] * 2)
    assert outcomes(results) == ["Refused", "ServiceRequest"]


@pytest.mark.django_db(transaction=True)
def test_two_who_link_the_same_pair_make_one_link(cast, register):
    first, second = register(), register()
    results = race(
        lambda: do.link_requests(first, to=second, by=cast.receptionist),
        lambda: do.link_requests(second, to=first, by=cast.supervisor),
    )
    assert outcomes(results) == ["Refused", "RequestLink"]


@pytest.mark.django_db(transaction=True)
def test_a_merge_and_a_split_at_the_same_moment_leave_one_whole(cast, register):
    """Whoever comes second sees what the first has done: a merged request is not split."""
    first, second = register(), register()
    results = race(
        lambda: do.merge_requests(second, into=first, by=cast.supervisor),
        lambda: split(second, by=cast.receptionist),
    )
    second.refresh_from_db()
    assert second.state == "merged"
    assert Interaction.objects.count() == 2
    assert isinstance(results[0], ServiceRequest)
