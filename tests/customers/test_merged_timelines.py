"""One customer, one timeline: a merged file's past is read with the other's, and given back by undoing the merge."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gongying.customers.operations import merge_parties, undo_merge
from gongying.events.models import Event, EventSubject
from gongying.events.operations import record_event
from gongying.events.subjects import find_kind
from gongying.events.timelines import newest_id, read_newer, read_timeline
from gongying.imports.models import ImportRun
from tests.customers.people import make_person
from tests.events.plans import nodes

NOW = timezone.now()


def note(cast, party, text, *, hours):
    record_event(
        "unit.noted",
        by=cast.receptionist,
        subjects=[party],
        place=cast.unit.place,
        at=NOW - timedelta(hours=hours),
        text=text,
    )


def read(party, cast, **more):
    return read_timeline(party, find_kind("customer"), user=cast.receptionist, **more)


def texts(party, cast):
    """Notes, newest first, as the timeline shows them."""
    return [str(entry.text) for entry in read(party, cast).entries if entry.event.verb == "unit.noted"]


@pytest.fixture
def double(cast):
    return make_person(cast, "周建华", phones=("13600000000",))


@pytest.mark.requirement("R-046")
def test_a_merged_customer_has_both_pasts_in_order_and_undoing_gives_each_its_own(cast, double):
    note(cast, cast.zhou, "甲1", hours=4)
    note(cast, double, "乙1", hours=3)
    note(cast, cast.zhou, "甲2", hours=2)
    note(cast, double, "乙2", hours=1)

    merge = merge_parties(cast.zhou, merged=double, by=cast.supervisor)
    assert texts(cast.zhou, cast) == ["乙2", "甲2", "乙1", "甲1"]
    undo_merge(merge, by=cast.supervisor)

    assert (texts(cast.zhou, cast), texts(double, cast)) == (["甲2", "甲1"], ["乙2", "乙1"])


def test_a_file_merged_into_a_merged_file_comes_along(cast, double):
    third = make_person(cast, "周老师")
    note(cast, third, "丙", hours=1)
    merge_parties(double, merged=third, by=cast.supervisor)
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    assert texts(cast.zhou, cast) == texts(double, cast) == ["丙"]


def test_what_is_about_both_files_stands_there_once_and_links_to_neither(cast, double, client_of):
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    merges = [entry for entry in read(cast.zhou, cast).entries if entry.event.verb == "customer.merged"]
    assert [entry.links for entry in merges] == [[]]

    newer = read_newer(cast.zhou, find_kind("customer"), user=cast.receptionist, since=newest_id())
    assert [entry.event.verb for entry in newer.entries].count("customer.merged") == 1
    api = client_of(cast.receptionist).get(f"/api/v1/timeline/customer/{cast.zhou.pk}")
    assert [event["verb"] for event in api.json()["items"]].count("customer.merged") == 1


def test_pages_of_a_merged_customer_have_no_gap_and_no_repeat(cast, double):
    for number in range(50):
        note(cast, (cast.zhou, double)[number % 2], "同时", hours=number // 4)
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)

    seen, cursor = [], None
    while not seen or cursor:
        page = read(cast.zhou, cast, cursor=cursor)
        seen += [entry.event.pk for entry in page.entries]
        cursor = page.next_cursor

    both = EventSubject.objects.of(cast.zhou, double)
    expected = Event.objects.filter(pk__in=both.values("event")).order_by("-at")
    assert sorted(seen) == sorted(event.pk for event in expected)
    assert len(seen) == len(set(seen))
    moments = Event.objects.in_bulk(seen)
    assert [moments[pk].at for pk in seen] == [event.at for event in expected]


def test_two_long_pasts_are_read_as_two_index_ranges(cast, double):
    for party in (cast.zhou, double):
        place = {"project_id": cast.unit.project_id, "building_id": cast.unit.building_id}
        events = Event.objects.bulk_create(
            Event(verb="unit.noted", actor=cast.receptionist, at=NOW - timedelta(minutes=n), **place)
            for n in range(10_000)
        )
        EventSubject.objects.bulk_create(
            EventSubject(event=event, kind="customer", object_id=party.pk, at=event.at) for event in events
        )
    merge_parties(cast.zhou, merged=double, by=cast.supervisor)
    ImportRun.objects.bulk_create(
        ImportRun(kind="units", project_id=cast.sunshine.pk, by=cast.supervisor, top_rows=["户主资料" * 200])
        for _ in range(2_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_event, events_eventsubject, imports_importrun")

    with CaptureQueriesContext(connection) as queries:
        assert len(read(cast.zhou, cast).entries) == 30

    (page,) = [query["sql"] for query in queries if "UNION ALL" in query["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {page}")
        plan = cursor.fetchone()[0][0]["Plan"]
    scans = [node for node in nodes(plan) if node.get("Relation Name") == "events_eventsubject"]
    assert sum(node["Actual Rows"] * node["Actual Loops"] for node in scans) < 200, plan
