"""The pages of the service desk as people meet them."""

import re
from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation

from gongying.common.clock import clock_at
from gongying.common.search import Query
from gongying.interactions.operations import keep_promise, log_interaction, make_promise
from gongying.servicedesk import operations as do
from gongying.servicedesk.case_page import facts_of
from gongying.servicedesk.doorways import has_job_at
from gongying.servicedesk.machines import PROCESS_VERSION
from gongying.servicedesk.models import RequestNote, SavedView, Transfer, WorkOrder
from gongying.servicedesk.searching import RequestSearch
from tests.servicedesk.walks import complaint_in, request_in, step, url, work_in

REQUEST_STATES = ["registered", "accepted", "in_progress", "resolved", "reported", "closed", "cancelled", "rejected"]
COMPLAINT_STATES = ["received", "accepted", "verifying", "handling", "feedback_given", "following_up", "improving"]


@pytest.mark.parametrize("state", [*REQUEST_STATES, "merged"])
def test_a_request_shows_its_page_preview_and_papers_in_every_state(cast, register, client_of, state):
    request = request_in(state, cast, register)
    client = client_of(cast.supervisor)
    for name in ("request-show", "request-preview", "request-print", "request-report"):
        response = client.get(url(name, request.pk))
        assert response.status_code == 200, name
        assert request.number_tail in response.content.decode()


def test_a_worker_s_page_leads_only_where_he_may_go(cast, register, client_of):
    work_order = work_in("accepted", cast, register)
    client = client_of(cast.worker)
    page = client.get(url("request-show", work_order.service_request_id)).content.decode()
    links = {link for link in re.findall(r'href="(/[^"#]*)"', page) if not link.startswith("/static/")}
    assert len(links) > 5
    assert {link: status for link in links if (status := client.get(link).status_code) >= 400} == {}


@pytest.mark.parametrize("state", [*COMPLAINT_STATES, "closed", "withdrawn"])
@pytest.mark.requirement("R-198")
def test_a_complaint_shows_its_six_steps_in_every_state(cast, register, client_of, state):
    complaint = complaint_in(state, cast, register)
    page = client_of(cast.supervisor).get(url("request-show", complaint.pk)).content.decode()
    bar = page[page.index('<ol class="step-bar">') :]
    assert bar[: bar.index("</ol>")].count("<li") == 6


@pytest.mark.parametrize("state", ["open", "assigned", "accepted", "en_route", "on_site", "paused", "done", "checked"])
def test_a_job_shows_its_page_and_its_request_in_every_state(cast, register, client_of, state):
    work = work_in(state, cast, register)
    assert client_of(cast.worker).get(url("work-order-show", work.pk)).status_code == 200
    assert client_of(cast.worker).get(url("work-order-index")).status_code == 200
    assert client_of(cast.supervisor).get(url("request-show", work.service_request_id)).status_code == 200


def test_what_is_planned_for_another_day_stands_under_later_until_he_sets_out(cast, register, client_of):
    work = work_in("accepted", cast, register)
    tomorrow = timezone.now() + timedelta(days=1)
    do.plan_work(work, by=cast.supervisor, plan=(tomorrow, tomorrow + timedelta(hours=1)))

    def listed(name):
        return [job["pk"] for job in client_of(cast.worker).get(url("work-order-index")).context[name]]

    assert (listed("jobs"), listed("later_jobs")) == ([], [work.pk])
    do.set_out(WorkOrder.objects.get(pk=work.pk), by=cast.worker)
    assert (listed("jobs"), listed("later_jobs")) == ([work.pk], [])


PRIMARY = {
    "registered": "accept",
    "accepted": "start",
    "in_progress": "resolve",
    "resolved": "report",
    "reported": "follow_up",
    "closed": "",
}


@pytest.mark.parametrize(("state", "key"), PRIMARY.items())
def test_one_filled_button_is_the_next_sensible_step(cast, register, client_of, state, key):
    request = request_in(state, cast, register)
    page = client_of(cast.supervisor).get(url("request-show", request.pk)).content.decode()
    content = page[page.index('id="content"') : page.index("</main>")]
    assert content.count("btn-primary") == (1 if key else 0)
    if key:
        assert step(request, key) in content


def test_a_request_goes_from_the_counter_to_the_closed_loop_over_the_pages(cast, register, client_of):
    request = register()
    desk, worker = client_of(cast.receptionist), client_of(cast.worker)
    boss = client_of(cast.supervisor)

    desk.post(step(request, "accept"))
    desk.post(step(request, "dispatch"), {"doer": cast.worker.staff.pk})
    work = WorkOrder.objects.get()
    for key in ("accept", "arrive"):
        assert worker.post(url("work-order-step", work.pk, key), {"from": "job"}).status_code == 302
    sheet = {
        "ticks": ["tools_ready"],
        "result": "更换水管",
        "minutes": "30",
        "materials_name": ["软管", "生料带", ""],
        "materials_quantity": ["1 根", "", ""],
        "advice": "勿用力",
    }
    assert worker.post(url("work-order-step", work.pk, "complete"), sheet).status_code == 422
    sheet["missing_reason"] = "客户要求不入户"
    worker.post(url("work-order-step", work.pk, "complete"), sheet)
    request.refresh_from_db()
    assert request.state == "resolved"

    desk.post(step(request, "report"), {"channel": "phone", "words": "水管已更换"})
    assert desk.post(step(request, "close")).status_code == 409
    boss.post(url("work-order-step", work.pk, "check"), {"method": "customer_signed"})
    desk.post(step(request, "follow_up"), {"reached": "yes", "solved": "yes", "score": "5"})

    request.refresh_from_db()
    assert request.state == "closed"
    assert [stage.stage for stage in request.stages.all()] == [
        "registered", "accepted", "in_progress", "resolved", "reported", "closed",
    ]  # fmt: skip
    assert all(stage.entered_by for stage in request.stages.all())


@pytest.mark.requirement("R-198", "R-200")
@pytest.mark.parametrize("key", ["give_feedback", "establish", "follow_up", "close", "verify"])
def test_skipping_a_step_on_the_page_is_refused(cast, register, client_of, key):
    complaint = complaint_in("received", cast, register)
    given = {
        "give_feedback": {"channel": "phone", "words": "已处理"},
        "establish": {"facts": "属实", "severity": "minor", "is_attributable": "yes"},
        "follow_up": {"reached": "yes", "solved": "yes", "score": "5"},
        "close": {"cause_code": "attitude", "root_cause": "培训", "no_improvement_reason": "个别"},
        "verify": {},
    }[key]
    response = client_of(cast.supervisor).post(step(complaint, key), given)
    complaint.refresh_from_db()
    assert (response.status_code, complaint.state) == (409, "received")


def test_the_price_agreement_is_corrected_on_the_page_of_what_the_owner_pays(cast, register, client_of):
    paid, free = register(payer="owner", price_agreed=False), register(payer="company")
    desk = client_of(cast.receptionist)
    assert step(paid, "price") in desk.get(url("request-show", paid.pk)).content.decode()
    assert step(free, "price") not in desk.get(url("request-show", free.pk)).content.decode()

    lacking = desk.post(step(paid, "price"), {"price_agreed": "on", "version": paid.version})
    assert (lacking.status_code, list(lacking.context["form"].errors)) == (422, ["agreed_amount"])
    agreed = {"price_agreed": "on", "agreed_amount": "95.50", "version": paid.version}
    assert desk.post(step(paid, "price"), agreed).status_code == 302
    paid.refresh_from_db()
    assert (paid.price_agreed, paid.agreed_amount) == (True, Decimal("95.50"))
    assert "¥95.50" in desk.get(url("request-print", paid.pk)).content.decode()
    assert client_of(cast.outsider).post(step(paid, "price"), {}).status_code == 404
    assert desk.post(step(free, "price"), {**agreed, "version": free.version}).status_code == 409


def test_the_wished_time_reads_as_it_is_said_at_the_desk(cast, register, client_of):
    begins = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(14)))
    request = register(window=(begins, begins + timedelta(hours=2)))
    with translation.override("en"):
        assert {str(label): value for label, value in facts_of(request)}["Wished time"] == "tomorrow 14:00–16:00"


def test_a_dispatch_asks_for_a_worker_or_a_firm(cast, register, client_of):
    request = do.accept_request(register(), by=cast.receptionist)
    page = client_of(cast.receptionist).get(step(request, "dispatch")).content.decode()
    doer = page[page.index('for="id_doer"') : page.index('for="id_outside_firm"')]
    assert '<span class="optional">' not in doer
    assert client_of(cast.receptionist).post(step(request, "dispatch"), {}).status_code == 422


def test_open_promises_stand_among_the_open_matters(cast, client_of):
    touch = log_interaction(
        by=cast.receptionist,
        project=cast.sunshine,
        channel="phone",
        text="问垃圾清运时间",
        unit=cast.unit,
        party=cast.zhou,
    )
    due_at = timezone.now() + timedelta(hours=2)
    promise = make_promise(touch, by=cast.receptionist, text="查清运时间后回电", due_at=due_at, owner=cast.steward)
    desk = client_of(cast.receptionist)
    for address in (url("unit-panel", cast.unit.pk), url("party-panel", cast.zhou.pk)):
        panel = desk.get(address)
        assert list(panel.context["promises"]) == [promise]
        assert "查清运时间后回电" in panel.content.decode()
        assert str(cast.steward) in panel.content.decode()
    assert list(desk.get(url("unit-panel", cast.west_unit.pk)).context["promises"]) == []

    keep_promise(promise, by=cast.steward, words="每天两次")
    assert list(desk.get(url("unit-panel", cast.unit.pk)).context["promises"]) == []


def test_a_step_on_a_stale_page_is_refused(cast, register, client_of):
    request = register()
    client = client_of(cast.supervisor)
    client.post(step(request, "accept"), {"version": request.version})
    response = client.post(step(request, "dispatch"), {"doer": cast.worker.staff.pk, "version": request.version})
    assert response.status_code == 409


def test_what_was_written_for_a_step_stays_when_somebody_was_faster(cast, register, client_of):
    request = register()
    client = client_of(cast.supervisor)
    do.accept_request(request, by=cast.receptionist)
    request.refresh_from_db()
    seen = request.version
    do.change_estimate(request, by=cast.receptionist, estimated_end=timezone.now() + timedelta(days=2), reason="等配件")
    written = {"to": cast.receptionist.staff.pk, "reason": "other", "note": "他在现场"}

    stale = client.post(step(request, "transfer"), {**written, "version": seen})

    assert (stale.status_code, Transfer.objects.count()) == (409, 0)
    page = stale.content.decode()
    assert "别人刚刚改过这件事" in page
    assert "他在现场" in page
    request.refresh_from_db()
    assert f'name="version" value="{request.version}"' in page

    wrong = client.post(step(request, "transfer"), {**written, "note": "", "version": seen})
    assert wrong.status_code == 422
    assert f'name="version" value="{seen}"' in wrong.content.decode(), "what was seen does not grow by a slip"
    assert client.post(step(request, "transfer"), {**written, "version": request.version}).status_code == 302
    gone = client.post(step(request, "accept"), {"version": seen})
    assert gone.status_code == 409


@pytest.mark.parametrize(
    ("person", "key", "status"),
    [
        ("outsider", "accept", 404),
        ("west_steward", "accept", 404),
        ("quality", "accept", 403),
        ("guard", "accept", 404),
    ],
)
def test_who_may_not_see_gets_404_and_who_may_not_do_403(cast, register, client_of, person, key, status):
    request = register()
    assert client_of(getattr(cast, person)).post(step(request, key)).status_code == status


def test_an_unknown_step_is_not_found_and_bad_input_names_its_field(cast, register, client_of):
    request = register()
    client = client_of(cast.supervisor)
    assert client.post(step(request, "explode")).status_code == 404
    response = client.post(step(request, "cancel"), {"asked_by": "", "reason": "x"})
    assert response.status_code == 422
    assert "id_asked_by_error" in response.content.decode()


def test_a_note_is_written_and_a_view_is_kept_and_shared(cast, register, client_of):
    request = register()
    client = client_of(cast.supervisor)
    client.post(url("note-create", request.pk), {"audience": "customer", "text": "师傅在路上"})
    assert RequestNote.objects.get().audience == "customer"
    assert client.post(url("note-create", request.pk), {"audience": "x", "text": ""}).status_code == 422

    client.post(
        url("saved-view-create"), {"name": "急修", "query": "list=open&urgency=urgent", "shared_with": "everybody"}
    )
    view = SavedView.objects.get()
    assert view.query == {"list": ["open"], "urgency": ["urgent"]}
    assert view in SavedView.objects.visible_to(cast.receptionist)
    assert client_of(cast.receptionist).get(f"{url('request-index')}?{view.query_string}").status_code == 200
    assert client_of(cast.receptionist).post(url("saved-view-destroy", view.pk)).status_code == 403
    client.post(url("saved-view-destroy", view.pk))
    assert not SavedView.objects.exists()


def test_panels_read_out_open_matters(cast, register, client_of):
    work = work_in("accepted", cast, register)
    for page in (url("unit-panel", cast.unit.pk), url("party-panel", cast.zhou.pk)):
        body = client_of(cast.receptionist).get(page).content.decode()
        assert "厨房水管漏水" in body
        assert "老张" in body
        assert work.service_request.number_tail in body
    assert client_of(cast.outsider).get(url("unit-panel", cast.unit.pk)).status_code == 404


def test_settings_edit_the_tree_and_who_answers(cast, client_of):
    admin = client_of(cast.administrator)
    assert admin.get(url("category-index")).status_code == 200
    given = {"name": "噪音", "code": "new-noise", "default_urgency": "normal", "payer": "company", "position": "999"}
    assert admin.post(url("category-new"), given).status_code == 302
    assert admin.post(url("category-new"), given).status_code == 422
    assert client_of(cast.receptionist).get(url("category-index")).status_code == 403


@pytest.mark.requirement("R-195", "R-196")
def test_the_process_is_shown_with_its_version_and_every_request_keeps_the_version_it_ran_under(
    cast, register, client_of
):
    assert register().process_version == PROCESS_VERSION
    page = client_of(cast.steward).get(url("process-show"))
    shown = dict(page.context["machines"])
    assert page.context["version"] == PROCESS_VERSION
    assert [len(rows) for rows in shown.values()] == [11, 10, 15]


def test_a_worker_uses_the_number_from_taking_the_job_until_a_day_after_it(cast, register):
    assert not has_job_at(cast.worker, cast.zhou)
    with clock_at(timezone.now() - timedelta(hours=25)):
        work_in("done", cast, register)
    assert not has_job_at(cast.worker, cast.zhou)
    work_in("assigned", cast, register)
    assert not has_job_at(cast.worker, cast.zhou)
    work_in("accepted", cast, register)
    assert has_job_at(cast.worker, cast.zhou)
    assert not has_job_at(cast.second_worker, cast.zhou)


@pytest.mark.requirement("R-189")
@pytest.mark.parametrize("typed", ["number", "tail", "compact", "short", "words"])
def test_the_search_box_finds_a_request(cast, register, typed):
    request = register()
    words = {
        "number": request.number,
        "tail": request.number_tail,
        "compact": request.number.replace("-", "").lower(),
        "short": request.number[3:].replace("-000", ""),
        "words": "水管",
    }[typed]
    assert [hit.title[: len(request.number)] for hit in RequestSearch().search(cast.steward, Query(words), 8)] == [
        request.number
    ]
    assert RequestSearch().search(cast.west_steward, Query(words), 8) == []


def test_a_repeat_is_merged_by_a_click_on_what_it_may_repeat(cast, register, client_of):
    first = register()
    same_building = register(unit=None, building=cast.unit.building, category="home-plumbing-leak")
    register(category="service-attitude-desk", unit=None, building=cast.unit.building)
    register(kind="complaint", category="service-attitude-desk")
    with clock_at(timezone.now() - timedelta(days=31)):
        long_ago = register()
    repeat = register(text="还在漏")
    boss = client_of(cast.supervisor)

    form = boss.get(step(repeat, "merge")).context["form"]
    assert set(form.candidates) == {first.pk, same_building.pk}

    assert boss.post(step(repeat, "merge"), {}).status_code == 422
    assert boss.post(step(repeat, "merge"), {"candidate": long_ago.pk}).status_code == 422
    boss.post(step(repeat, "merge"), {"candidate": first.pk})
    repeat.refresh_from_db()
    assert repeat.state == "merged"
    assert repeat.merges.get().into == first


def test_a_merge_is_undone_from_its_own_message(cast, register, client_of):
    first, repeat = register(), register()
    boss = client_of(cast.supervisor)
    boss.post(step(repeat, "merge"), {"candidate": first.pk})

    page = boss.get(url("request-show", repeat.pk)).content.decode()
    assert f'action="{step(repeat, "undo_merge")}"' in page[page.index('id="messages"') :]
    boss.post(step(repeat, "undo_merge"), {"next": "/"})

    repeat.refresh_from_db()
    assert repeat.state == "registered"


def test_the_head_of_a_household_counts_what_its_links_show(cast, register, client_of):
    register()
    request_in("reported", cast, register)
    request_in("closed", cast, register)
    register(unit=cast.west_unit, party=None)
    desk = client_of(cast.receptionist)

    head = desk.get(url("unit-counts", cast.unit.pk))

    assert (head.context["open_count"], head.context["follow_up_count"]) == (2, 1)
    for name, number in (("open", 2), ("follow-up", 1)):
        address = f"{url('request-index')}?list={name}&unit={cast.unit.pk}"
        assert address.replace("&", "&amp;") in head.content.decode()
        assert len(desk.get(address).context["page"].rows) == number


def test_who_hears_not_solved_is_told_that_the_matter_goes_back(cast, register, client_of):
    request = request_in("reported", cast, register)
    answer = {"reached": "yes", "solved": "no", "score": "2", "comment": "还在滴水"}

    page = client_of(cast.receptionist).post(step(request, "follow_up"), answer, follow=True).content.decode()

    request.refresh_from_db()
    assert (request.state, request.rework_count) == ("in_progress", 1)
    assert f"已退回处理，负责人：{request.owner}" in page
