"""What jobs of a category must prove and how they are followed up: in versions, kept by each request (R-197, R-208)."""

from functools import partial
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from PIL import Image

from gongying.common.errors import Refused
from gongying.files.operations import attach
from gongying.servicedesk import operations as do
from gongying.servicedesk.enums import Tick
from gongying.servicedesk.models import CategoryRules, ServiceRequest, WorkCompletion
from gongying.servicedesk.operations.category_rules import end_category_rules, set_category_rules
from tests.servicedesk.walks import work_in

TICKS = dict.fromkeys(Tick.values, True)


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def photo():
    written = BytesIO()
    Image.new("RGB", (40, 30), (255, 255, 255)).save(written, "JPEG")
    return SimpleUploadedFile("a.jpg", written.getvalue(), "image/jpeg")


@pytest.fixture
def leak(category):
    return category("home-plumbing-leak")


@pytest.fixture
def rules(cast, leak):
    asked = {"evidence": ["photo_after", "meter", "signature"], "check_list": ["关总阀", "试水五分钟"]}
    return set_category_rules(leak, **asked, by=cast.administrator)


def given(**changed):
    proofs = {"photos_after": [photo()], "signature": photo(), "meter_reading": "00123"}
    return {"ticks": TICKS, "check_list": ["关总阀", "试水五分钟"], **proofs, **changed}


@pytest.mark.requirement("R-208")
def test_a_request_keeps_the_version_under_which_it_was_registered(cast, leak, rules, register):
    before = register()
    new = set_category_rules(leak, check_list=["拍照"], by=cast.administrator, seen=1)
    assert [before.rules, register().rules] == [rules, new]
    with pytest.raises(IntegrityError, match="keeps the rules"), transaction.atomic():
        ServiceRequest.objects.filter(pk=before.pk).update(rules=new)
    end_category_rules(new, by=cast.administrator)
    assert register().rules is None


def test_the_nearest_rules_hold_and_there_those_of_the_project(cast, leak, rules, register, category):
    above = set_category_rules(leak.parent, by=cast.administrator)
    own = set_category_rules(leak, project=cast.sunshine, by=cast.manager)
    other = set_category_rules(leak, project=cast.park, by=cast.administrator)
    assert register().rules == own
    end_category_rules(own, by=cast.manager)
    assert register().rules == rules
    end_category_rules(rules, by=cast.administrator)
    assert register().rules == above
    assert other.version == 1


@pytest.mark.requirement("R-197")
@pytest.mark.parametrize(
    ("changed", "missing", "reasons"),
    [
        ({"photos_after": []}, "photo after", {"evidence_reasons": {"photo_after": "业主不让拍"}}),
        ({"signature": None}, "signature", {"evidence_reasons": {"signature": "业主不在家"}}),
        ({"meter_reading": " "}, "meter reading", {"evidence_reasons": {"meter": "表箱锁着"}}),
        ({"check_list": ["关总阀"]}, "试水五分钟", {"check_list_reasons": {"试水五分钟": "停水"}}),
    ],
)
def test_a_job_is_finished_with_what_its_category_asks_or_a_reason(
    cast, rules, register, changed, missing, reasons, settle
):
    job = work_in("on_site", cast, register)
    # The reason of the ticks, or of another thing, is none of this one's.
    other = {"evidence_reasons": {"photo_before": "忘了"}, "check_list_reasons": {"关总阀": "忘了"}}
    for lacking in (
        {"missing_reason": "业主不在家"},
        other,
        {name: dict.fromkeys(why, " ") for name, why in reasons.items()},
    ):
        with pytest.raises(Refused, match=f"Still missing: {missing}"):
            do.complete_work(job, by=cast.worker, **given(**changed, **lacking))
    job = do.complete_work(job, by=cast.worker, **given(**changed, **{**other, **reasons}))
    settle()
    done = job.workcompletions.get()
    kept = {"evidence_reasons": done.evidence_reasons, "check_list_reasons": done.check_list_reasons}
    assert kept == {"evidence_reasons": {}, "check_list_reasons": {}, **reasons}


@pytest.mark.requirement("R-197")
def test_two_things_that_are_missing_have_two_reasons(cast, rules, register, client_of):
    job = work_in("on_site", cast, register)
    lacking = given(photos_after=[], signature=None, evidence_reasons={"signature": "业主不在家"})
    with pytest.raises(Refused, match=r"Still missing: photo after\. "):
        do.complete_work(job, by=cast.worker, **lacking)
    lacking["evidence_reasons"] = {"signature": "业主不在家", "photo_after": "手机没电"}
    do.complete_work(job, by=cast.worker, **lacking)
    page = client_of(cast.supervisor).get(reverse("servicedesk:request-show", args=[job.service_request_id])).text
    assert "缺维修后照片：手机没电" in page
    assert "缺客户签字：业主不在家" in page


def test_the_proof_is_kept_and_the_database_asks_for_it_too(cast, rules, register, settle):
    job = do.complete_work(work_in("on_site", cast, register), by=cast.worker, **given())
    settle()
    done = job.workcompletions.get()
    assert (done.check_list, done.meter_reading) == ({"关总阀": True, "试水五分钟": True}, "00123")

    other = work_in("on_site", cast, register)
    facts = {"work_order": other, "stage": other.stages.get(left_at=None), "by": cast.worker, "at": other.created_at}
    proof = {"check_list": done.check_list, "meter_reading": "1", "ticks": TICKS}
    one_for_all = {"missing_reason": "业主不在家"}
    for lacking in ({"check_list": {"关总阀": True}}, {"meter_reading": "", "evidence_reasons": {"meter": " "}}):
        with pytest.raises(IntegrityError), transaction.atomic():
            WorkCompletion.objects.create(**facts, **{**proof, **one_for_all, **lacking})
    attach(photo(), to=other, by=cast.worker, label="signature")
    WorkCompletion.objects.create(**facts, **proof)
    with pytest.raises(IntegrityError, match="after is missing"):
        settle()


def test_the_sheet_on_the_phone_asks_for_it_by_field(cast, rules, register, client_of):
    job = work_in("on_site", cast, register)
    client = client_of(cast.worker)
    page = client.get(reverse("servicedesk:work-order-show", args=[job.pk])).text
    assert "试水五分钟" in page
    address = reverse("servicedesk:queued-step-create", args=[job.pk, "complete"])
    sent = {"ticks": list(TICKS), "result": "换了垫片", "check_list": ["关总阀"], "version": job.version}
    answer = client.post(address, sent)
    assert answer.status_code == 422
    named = {error["field"] for error in answer.json()["errors"]}
    assert named == {"check_list", "photos_after", "signature", "meter_reading"}
    assert client.post(address, {**sent, "check_list": ["别的"]}).status_code == 422
    old = client.post(address, {**sent, "missing_reason": "停电"})
    assert (old.status_code, "刷新页面" in str(old.json()["errors"])) == (422, True)
    lines = {
        "reasons_evidence_photo_after": "停电",
        "reasons_evidence_signature": "不在家",
        "reasons_evidence_meter": "锁着",
    }
    answer = client.post(address, {**sent, **lines})
    assert {error["field"] for error in answer.json()["errors"]} == {"check_list"}
    assert "刷新页面" not in str(answer.json()["errors"])
    assert client.post(address, {**sent, **lines, "reasons_item_1": "停水"}).status_code == 200
    done = job.workcompletions.get()
    assert done.evidence_reasons == {"photo_after": "停电", "signature": "不在家", "meter": "锁着"}
    assert done.check_list_reasons == {"试水五分钟": "停水"}


def test_a_program_says_why_of_each_thing(cast, rules, register, client_of):
    job = work_in("on_site", cast, register)
    send = partial(
        client_of(cast.worker).post, f"/api/v1/work-orders/{job.pk}/completion", content_type="application/json"
    )
    sent = {"ticks": list(TICKS), "check_list": ["关总阀", "试水五分钟"], "meter_reading": "1"}
    assert send({**sent, "missing_reason": "停电"}).status_code == 409
    assert send({**sent, "evidence_reasons": {"video": "x"}}).status_code == 422
    reasons = {"photo_after": "停电", "signature": "不在家"}
    assert send({**sent, "evidence_reasons": reasons}).status_code == 200
    assert job.workcompletions.get().evidence_reasons == reasons


def test_without_rules_the_sheet_is_as_before(cast, register, client_of):
    job = work_in("on_site", cast, register)
    page = client_of(cast.worker).get(reverse("servicedesk:work-order-show", args=[job.pk])).text
    assert 'name="check_list"' not in page
    assert 'name="meter_reading"' not in page


@pytest.mark.requirement("R-201")
def test_the_follow_up_is_asked_by_whom_and_how_the_rules_say(cast, leak, register, category):
    lift = category("common-lift-fault")
    for chosen, expected in (("never", False), ("always", True), ("", leak.needs_follow_up)):
        set_category_rules(leak, follow_up=chosen, by=cast.administrator)
        assert register().needs_follow_up is expected
    set_category_rules(lift, follow_up="sample", sample_percent=99, by=cast.administrator)
    assert register(kind="enquiry", category="common-lift-fault").needs_follow_up is False
    set_category_rules(leak, follow_up_by="not_doer", follow_up_channel="wechat", by=cast.administrator)
    request = work_in("done", cast, register).service_request
    do.report_result(request, by=cast.receptionist, channel="phone", words="修好了")
    doer = request.work_orders.get().doer
    asked = {"reached": True, "solved": True, "score": 5}
    with pytest.raises(Refused, match="other than the doer"):
        do.record_follow_up(request, by=doer, **asked)
    assert do.record_follow_up(request, by=cast.supervisor, channel="wechat", **asked).channel == "wechat"


def test_a_sample_is_drawn_by_lot(cast, leak, register, monkeypatch):
    set_category_rules(leak, follow_up="sample", sample_percent=30, by=cast.administrator)
    drawn = iter([29, 30])
    monkeypatch.setattr("gongying.servicedesk.operations.registration.secrets.randbelow", lambda _most: next(drawn))
    assert [register().needs_follow_up for _turn in range(2)] == [True, False]


@pytest.mark.parametrize(
    "fields",
    [
        {"check_list": ["  "]},
        {"check_list": ["甲", "甲"]},
        {"check_list": [str(n) for n in range(21)]},
        {"evidence": ["video"]},
        {"follow_up": "sample"},
        {"follow_up": "always", "sample_percent": 5},
        {"version": 2},
    ],
)
def test_the_database_refuses_rules_that_say_nothing(leak, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        CategoryRules.objects.create(category=leak, **fields)


@pytest.mark.requirement("R-022")
def test_rules_on_their_pages(cast, leak, rules, client_of):
    client = client_of(cast.manager)
    new = reverse("servicedesk:category-rules-new", args=[leak.pk])
    assert list(client.post(new, {"check_list": "甲"}).context["form"].errors) == ["project"]
    wrong = {"project": cast.sunshine.pk, "check_list": "甲\n甲", "follow_up": "sample"}
    assert set(client.post(new, wrong).context["form"].errors) == {"check_list", "sample_percent"}
    right = {"project": cast.sunshine.pk, "check_list": "甲\n\n乙", "evidence": ["photo_after"]}
    assert client.post(new, right).status_code == 302
    own = CategoryRules.objects.get(project=cast.sunshine)
    assert (own.check_list, own.evidence, own.created_by) == (["甲", "乙"], ["photo_after"], cast.manager)
    assert list(client.post(new, right).context["form"].errors) == ["project"]
    assert client.get(reverse("servicedesk:category-rules-version", args=[rules.pk])).status_code == 404
    change = reverse("servicedesk:category-rules-version", args=[own.pk])
    assert client.post(change, {"check_list": "丙", "version": "1"}).status_code == 302
    assert client.post(change, {"check_list": "丁", "version": "1"}).status_code == 409
    shown = client.get(reverse("servicedesk:category-rules", args=[leak.pk]))
    assert [(last.version, may_change) for last, _versions, may_change in shown.context["scopes"]] == [
        (2, True),
        (1, False),
    ]
