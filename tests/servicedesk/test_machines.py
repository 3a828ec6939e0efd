"""No path skips a stage: not the operations, not plain SQL (issue part 6, R-198)."""

import itertools

import pytest
from django.db import IntegrityError, connection, transaction

from gongying.common.errors import Refused
from gongying.servicedesk.enums import STATE_CHOICES, ComplaintState, RequestState, WorkState
from gongying.servicedesk.machines import COMPLAINT, REQUEST, WORK
from gongying.servicedesk.models import ServiceRequest, StageEntry, WorkOrder
from tests.servicedesk.walks import complaint_in, request_in, work_in

pytestmark = pytest.mark.requirement("R-197", "R-198")

WALKS = {"request": request_in, "complaint": complaint_in, "work_order": work_in}
STATES = {"request": RequestState.values, "complaint": ComplaintState.values, "work_order": WorkState.values}
MACHINES = {"request": REQUEST, "complaint": COMPLAINT, "work_order": WORK}
TABLES = {"request": "servicedesk_servicerequest", "complaint": "servicedesk_servicerequest"}
TABLES["work_order"] = "servicedesk_workorder"

# Moves that only a change of kind makes; here the kind stays.
WITH_THE_KIND = {"request": {("received", "registered")}, "complaint": {("registered", "received")}}


def sql(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def all_triggers(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgtype FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        )
        return cursor.fetchall()


def leave_stage(case):
    """As somebody would who writes SQL by hand and knows that a stage must be left."""
    fk = "work_order_id" if isinstance(case, WorkOrder) else "service_request_id"
    table = "servicedesk_workstage" if isinstance(case, WorkOrder) else "servicedesk_stageentry"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET left_at = clock_timestamp() WHERE {fk} = %s AND left_at IS NULL", [case.pk])


@transaction.atomic
def leave_and_move(case, name, target):
    leave_stage(case)
    sql(f"UPDATE {TABLES[name]} SET state = %s WHERE id = %s", target, case.pk)


@pytest.mark.parametrize(("name", "start"), [(name, state) for name, states in STATES.items() for state in states])
def test_plain_sql_takes_no_step_that_the_table_does_not_list(cast, register, settle, name, start):
    case = WALKS[name](start, cast, register)
    settle()
    moves = set(MACHINES[name].moves) - WITH_THE_KIND.get(name, set())
    targets = set(itertools.chain(*STATES.values())) | {"nonsense"}
    for target in sorted(targets - {start}):
        if (start, target) in moves:
            continue
        with pytest.raises(IntegrityError):
            leave_and_move(case, name, target)
    case.refresh_from_db()
    assert case.state == start


@pytest.mark.parametrize(("name", "start"), [(name, state) for name, states in STATES.items() for state in states])
def test_even_a_listed_step_is_refused_by_plain_sql_without_leaving_the_stage(cast, register, settle, name, start):
    case = WALKS[name](start, cast, register)
    settle()
    for source, target in MACHINES[name].moves:
        if source != start or target == start or (source, target) in WITH_THE_KIND.get(name, set()):
            continue
        with pytest.raises(IntegrityError, match="a stage is left with who and when"):
            sql(f"UPDATE {TABLES[name]} SET state = %s WHERE id = %s", target, case.pk)
        # Having left it is not enough: at commit the case must stand in its next stage.
        with pytest.raises(IntegrityError):
            leave_and_move(case, name, target)


NEEDS_EVIDENCE = [
    ("request", "in_progress", "resolved", "an answer or work done is missing"),
    ("request", "resolved", "reported", "a notice to the customer is missing"),
    ("request", "reported", "closed", "a closure is missing"),
    ("request", "reported", "in_progress", "a count of the rework is missing"),
    ("request", "closed", "in_progress", "a reopening is missing"),
    ("request", "registered", "cancelled", "a cancellation is missing"),
    ("request", "registered", "rejected", "an explanation is missing"),
    ("request", "accepted", "merged", "the other request is missing"),
    ("complaint", "verifying", "handling", "a finding is missing"),
    ("complaint", "handling", "feedback_given", "a notice to the customer is missing"),
    ("complaint", "following_up", "improving", "an outcome of the follow-up is missing"),
    ("complaint", "following_up", "handling", "a follow-up that asks for it is missing"),
    ("complaint", "improving", "closed", "a closure is missing"),
    ("complaint", "closed", "handling", "a reopening is missing"),
    ("complaint", "handling", "withdrawn", "a confirmed withdrawal is missing"),
    ("work_order", "open", "assigned", "an assignment is missing"),
    ("work_order", "accepted", "assigned", "a reason is missing"),
    ("work_order", "assigned", "open", "a reason is missing"),
    ("work_order", "on_site", "paused", "a reason is missing"),
    ("work_order", "on_site", "done", "a completion is missing"),
    ("work_order", "done", "checked", "a passed check is missing"),
    ("work_order", "done", "accepted", "a failed check is missing"),
    ("work_order", "open", "cancelled", "a reason is missing"),
]


@pytest.mark.parametrize("step", NEEDS_EVIDENCE, ids=" ".join)
def test_plain_sql_leaves_no_stage_without_its_evidence(cast, register, settle, step):
    name, start, target, missing = step
    case = WALKS[name](start, cast, register)
    settle()
    with pytest.raises(IntegrityError, match=missing):
        leave_and_move(case, name, target)


@pytest.mark.parametrize("state", [state for state, _ in STATE_CHOICES])
@pytest.mark.parametrize("kind", ["repair", "complaint"])
def test_a_request_is_inserted_only_in_the_first_state_of_its_machine(register, settle, kind, state):
    first = register(kind=kind, category="service-other-other")
    settle()
    machine = COMPLAINT if kind == "complaint" else REQUEST
    columns = [
        field.column
        for field in ServiceRequest._meta.concrete_fields
        if field.column not in ("id", "number", "number_tail", "state", "search")
    ]
    names = ", ".join(columns)
    copy = (
        f"INSERT INTO servicedesk_servicerequest (number, state, {names})"
        f" SELECT 'copy', %s, {names} FROM servicedesk_servicerequest WHERE id = %s"
    )
    # Even in the first state the row needs its first stage at commit.
    expected = "does not stand in the stage" if state in machine.initial else "cannot start in state"
    with pytest.raises(IntegrityError, match=expected):
        sql(copy, state, first.pk)


def test_work_is_inserted_only_without_a_doer_and_only_in_a_handled_request(cast, register, settle):
    work = work_in("open", cast, register)
    settle()
    insert = (
        "INSERT INTO servicedesk_workorder (version, service_request_id, position, trade, task, is_joint, state,"
        " outside_firm, cancel_reason, created_by_id, created_at)"
        " VALUES (1, %s, 9, 'lift', '', false, %s, '', '', %s, now())"
    )
    for state in ("assigned", "done", "checked"):
        with pytest.raises(IntegrityError, match="cannot start in state"):
            sql(insert, work.service_request_id, state, cast.worker.pk)
    closed = request_in("closed", cast, register)
    settle()
    with pytest.raises(IntegrityError, match=r"does not stand|while its request is handled"):
        sql(insert, closed.pk, "open", cast.worker.pk)


@pytest.mark.parametrize(
    ("statement", "match"),
    [
        ("DELETE FROM servicedesk_stageentry", "rows are kept"),
        ("TRUNCATE servicedesk_stageentry CASCADE", "rows are kept|pending trigger"),
        ("DELETE FROM servicedesk_servicerequest", "rows are kept"),
        ("UPDATE servicedesk_stageentry SET entered_by_id = NULL WHERE left_at IS NULL", "nothing else of it changes"),
        ("UPDATE servicedesk_stageentry SET left_at = now()", "left once"),
        (
            "UPDATE servicedesk_stageentry SET left_at = clock_timestamp() WHERE left_at IS NULL",
            "does not stand in the stage",
        ),
        ("UPDATE servicedesk_resultnotice SET words = 'x'", "kept as written"),
        ("DELETE FROM servicedesk_resultnotice", "rows are kept"),
        ("UPDATE servicedesk_servicerequest SET kind = 'complaint'", "keeps its history|state_of_its_machine"),
        ("UPDATE servicedesk_servicerequest SET owner_id = NULL", "null value"),
        (
            (
                "INSERT INTO servicedesk_stageentry (service_request_id, stage, entered_at, evidence)"
                " SELECT id, 'closed', now(), '{}' FROM servicedesk_servicerequest"
            ),
            "entered with the state of its case",
        ),
        (
            (
                "INSERT INTO servicedesk_closure (service_request_id, stage_id, at, ground, note)"
                " SELECT service_request_id, id, now(), 'satisfied', '' FROM servicedesk_stageentry WHERE left_at IS NULL"
            ),
            "written without the step it stands for",
        ),
        (
            (
                "INSERT INTO servicedesk_answer (service_request_id, stage_id, at, text)"
                " SELECT service_request_id, id, now(), 'x' FROM servicedesk_stageentry WHERE left_at IS NULL"
            ),
            "not in the stage where this may be said",
        ),
    ],
)
def test_history_cannot_be_forged(cast, register, settle, statement, match):
    request_in("reported", cast, register)
    settle()
    with pytest.raises(IntegrityError, match=match):
        sql(statement)


def test_no_session_setting_switches_the_guards_off(cast, register, settle):
    case = request_in("registered", cast, register)
    settle()
    names = [name for name, _ in all_triggers("servicedesk_servicerequest")]
    sql("SELECT set_config('pgtrigger.ignore', %s, true)", f"{{{','.join(names)}}}")
    with pytest.raises(IntegrityError, match="no step from registered to closed"):
        sql("UPDATE servicedesk_servicerequest SET state = 'closed' WHERE id = %s", case.pk)


OPERATIONS = {
    "request": {
        "accept": lambda do, case, cast: do.accept_request(case, by=cast.supervisor),
        "start": lambda do, case, cast: do.start_answering(case, by=cast.supervisor),
        "resolve": lambda do, case, cast: do.answer_request(case, by=cast.supervisor, text="好了"),
        "report": lambda do, case, cast: do.report_result(case, by=cast.supervisor, channel="phone", words="好了"),
        "close": lambda do, case, cast: do.close_request(case, by=cast.supervisor),
        "reopen": lambda do, case, cast: do.reopen_request(case, by=cast.supervisor, reason="又漏了"),
        "cancel": lambda do, case, cast: do.cancel_request(
            case, by=cast.supervisor, asked_by="周先生", reason="不修了"
        ),
        "reject": lambda do, case, cast: do.reject_request(case, by=cast.supervisor, explanation="已说明"),
        "undo_merge": lambda do, case, cast: do.undo_merge(case, by=cast.supervisor),
    },
    "complaint": {
        "acknowledge": lambda do, case, cast: do.acknowledge_complaint(case, by=cast.supervisor),
        "verify": lambda do, case, cast: do.verify_complaint(case, by=cast.supervisor),
        "establish": lambda do, case, cast: do.establish_facts(
            case, by=cast.supervisor, facts="属实", severity="minor", is_attributable=True
        ),
        "give_feedback": lambda do, case, cast: do.give_feedback(
            case, by=cast.supervisor, channel="phone", words="已处理"
        ),
        "close": lambda do, case, cast: do.improve_complaint(
            case, by=cast.supervisor, cause_code="attitude", root_cause="培训不足", no_improvement_reason="个别"
        ),
        "reopen": lambda do, case, cast: do.reopen_request(case, by=cast.supervisor, reason="新情况"),
        "withdraw": lambda do, case, cast: do.withdraw_complaint(
            case, by=cast.supervisor, confirmed_with="周先生", reason="误会"
        ),
    },
    "work_order": {
        "assign": lambda do, case, cast: do.assign_work(case, by=cast.supervisor, doer=cast.worker),
        "claim": lambda do, case, cast: do.claim_work(case, by=cast.worker),
        "accept": lambda do, case, cast: do.accept_work(case, by=cast.worker),
        "decline": lambda do, case, cast: do.decline_work(case, by=cast.worker, reason="忙"),
        "set_out": lambda do, case, cast: do.set_out(case, by=cast.worker),
        "arrive": lambda do, case, cast: do.arrive(case, by=cast.worker),
        "pause": lambda do, case, cast: do.pause_work(case, by=cast.worker, reason="parts"),
        "resume": lambda do, case, cast: do.resume_work(case, by=cast.worker),
        "complete": lambda do, case, cast: do.complete_work(case, by=cast.worker, ticks={}, missing_reason="公共区域"),
        "check": lambda do, case, cast: do.check_work(case, by=cast.supervisor, method="staff"),
        "fail_check": lambda do, case, cast: do.fail_check(case, by=cast.supervisor, reason="仍漏"),
        "reassign": lambda do, case, cast: do.reassign_work(
            case, by=cast.supervisor, doer=cast.second_worker, reason="请假", trade_reason="会修水管"
        ),
        "cancel": lambda do, case, cast: do.cancel_work(case, by=cast.supervisor, reason="不修了"),
    },
}


@pytest.mark.parametrize(("name", "start"), [(name, state) for name, states in STATES.items() for state in states])
def test_operations_take_exactly_the_steps_of_the_table(cast, register, settle, name, start):
    from gongying.servicedesk import operations as do

    case = WALKS[name](start, cast, register)
    for verb, operation in OPERATIONS[name].items():
        if MACHINES[name].find(verb, start) is None:
            with pytest.raises(Refused), transaction.atomic():
                operation(do, case, cast)
            case.refresh_from_db()
            assert case.state == start, verb
    possible = [t for t in MACHINES[name].possible(start) if t.verb in OPERATIONS[name]]
    for transition in possible:
        if (name, transition.verb) in (("request", "close"), ("request", "reopen")):
            continue  # these need more than the state: see test_closing
        savepoint = transaction.savepoint()
        operation = OPERATIONS[name][transition.verb]
        operation(do, case, cast)
        case.refresh_from_db()
        assert case.state == transition.target, transition.verb
        settle()
        stages = StageEntry.objects.filter(service_request=case) if name != "work_order" else case.stages.all()
        assert stages.get(left_at=None).stage == transition.target
        transaction.savepoint_rollback(savepoint)
        case.refresh_from_db()
