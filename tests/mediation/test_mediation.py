import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from gongying.common.errors import Refused, Stale
from gongying.customers.models import Party
from gongying.events.models import Event
from gongying.files.models import AttachmentUse
from gongying.mediation.models import AgreementCheck, MediationCase, Side
from gongying.mediation.operations import (
    Disputant,
    add_side,
    find_breach,
    give_up,
    hear_side,
    hold_session,
    keep_agreement,
    open_case,
    pass_on_case,
    reach_agreement,
    refer_case,
    withdraw_case,
)
from gongying.notifications.digests import counts_for
from gongying.servicedesk.models import ComplaintDetails, ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.structure.lines.mediation import photo

SECRET = "其实是我家孩子拍球"


@pytest.fixture(autouse=True)
def _own_storage(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def dispute(cast, **more):
    sides = [
        Disputant(party=cast.zhou, unit=cast.unit, statement=SECRET),
        Disputant(party=cast.wang, unit=cast.west_unit, statement="楼上半夜跑步"),
    ]
    facts = {"subject": "噪声", "matter": "夜里的脚步声", "sides": sides, "by": cast.supervisor, **more}
    return open_case(cast.sunshine, **facts)


def met(cast, case):
    at = timezone.now() - timedelta(hours=2)
    facts = {"began_at": at, "ended_at": at + timedelta(hours=1), "record": "双方各让一步"}
    hold_session(case, present=list(Side.objects.of(case)), by=case.mediator, **facts)
    return MediationCase.objects.get(pk=case.pk)


def agreed(cast, case, **more):
    facts = {"text": "晚十点后不拍球", "check_on": timezone.localdate(), "papers": [photo()], **more}
    reach_agreement(case, by=case.mediator, **facts)
    return MediationCase.objects.get(pk=case.pk)


@pytest.mark.requirement("R-160")
def test_a_dispute_is_talked_over_agreed_signed_and_asked_after(cast):
    case = met(cast, dispute(cast))
    assert (case.state, [side.name for side in Side.objects.of(case)]) == ("mediating", ["周先生", "王先生"])
    assert case.number.startswith(f"{cast.sunshine.code}-TJ")
    assert len(case.sessions.get().present.all()) == 2
    first, second = Side.objects.of(case)
    with pytest.raises(Refused):  # the second side has not signed
        reach_agreement(
            case, text="好", check_on=timezone.localdate(), signatures={first.pk: photo()}, by=cast.supervisor
        )

    signatures = {first.pk: photo(), second.pk: photo()}
    case = agreed(cast, case, papers=[], signatures=signatures)
    assert set(AttachmentUse.objects.values_list("label", flat=True)) == {"signature-1", "signature-2"}
    assert counts_for(cast.supervisor)["mediation"] == 1

    find_breach(case, word="又拍球了", by=cast.supervisor)
    case = agreed(cast, met(cast, case))
    keep_agreement(case, word="两家都说安静了", by=cast.supervisor)

    case.refresh_from_db()
    assert (case.state, case.outcome, case.check_on, bool(case.ended_at)) == ("settled", "两家都说安静了", None, True)
    assert list(AgreementCheck.objects.order_by("pk").values_list("is_kept", flat=True)) == [False, True]
    assert "mediation" not in counts_for(cast.supervisor)


@pytest.mark.requirement("R-160")
def test_below_each_signature_stands_who_signed_and_when_on_screen_and_paper(cast, client_of):
    case = met(cast, dispute(cast))
    first, second = Side.objects.of(case)
    case = agreed(cast, case, papers=[], signatures={first.pk: photo(), second.pk: photo()})
    client = client_of(cast.supervisor)
    for page in ("case-show", "case-paper"):
        text = client.get(reverse(f"mediation:{page}", args=[case.pk])).content.decode()
        signers = re.findall(r"<small[^>]*>(周先生|王先生) (.*?)</small>", text)
        assert [name for name, _at in signers] == ["周先生", "王先生"]
        assert all(re.search(r"\d\d:\d\d", at) for _name, at in signers)
    names = [client.get(f"/api/v1/attachments/{pk}").json()["signed_by"] for pk in signatures_of_all()]
    assert names == ["周先生", "王先生"]


def signatures_of_all():
    return (
        AttachmentUse.objects.filter(label__startswith="signature").order_by("pk").values_list("attachment", flat=True)
    )


@pytest.mark.requirement("R-160")
def test_no_side_learns_from_its_timeline_or_the_paper_what_the_other_is_or_said(cast, client_of):
    case = agreed(cast, met(cast, dispute(cast)))
    client = client_of(cast.manager)

    for party, unit, other in ((cast.zhou, cast.unit, cast.wang), (cast.wang, cast.west_unit, cast.zhou)):
        for thing in (party, unit):
            address = reverse("events:timeline-index", args=[type(thing).event_kind, thing.pk])
            page = client.get(address).content.decode()
            assert case.number in page
            inner = (other.name, SECRET, "楼上半夜跑步", "双方各让一步", "晚十点后不拍球")
            assert not [words for words in inner if words in page]
    told = Event.objects.filter(verb__startswith="mediation.").values_list("details", flat=True)
    assert not [details for details in told if SECRET in str(details)]
    paper = client.get(reverse("mediation:case-paper", args=[case.pk])).content.decode()
    assert "晚十点后不拍球" in paper
    assert SECRET not in paper
    listed = client.get("/api/v1/mediations").content.decode()
    assert case.number in listed
    assert SECRET not in listed


def test_only_who_mediates_or_serves_the_place_sees_it(cast, client_of):
    case = dispute(cast, by=cast.steward)  # of two buildings: it stands in the whole project
    address = reverse("mediation:case-show", args=[case.pk])
    seen = {name for name, user in cast.everybody().items() if client_of(user).get(address).status_code == 200}
    assert seen == {"steward", "manager", "supervisor"}
    pass_on_case(case, to=cast.west_steward, by=cast.manager)
    assert client_of(cast.west_steward).get(address).status_code == 200
    # The steward who took it up still sees it, and goes on with it no more.
    assert client_of(cast.steward).get(reverse("mediation:case-meet", args=[case.pk])).status_code == 403


def test_a_dispute_within_one_building_stands_there_and_moves_with_a_third_side(cast):
    neighbour = Disputant(name="楼下住户", unit=cast.unit)
    sides = [Disputant(party=cast.zhou, unit=cast.unit), neighbour]
    case = open_case(cast.sunshine, subject="漏水", matter="渗水", sides=sides, by=cast.steward)
    assert (case.building, case.entrance) == (cast.unit.building, cast.unit.entrance)
    add_side(case, Disputant(party=cast.wang, unit=cast.west_unit), by=cast.steward)
    case.refresh_from_db()
    assert case.building is None
    with pytest.raises(Refused):
        add_side(case, Disputant(party=cast.wang), by=cast.steward)
    with pytest.raises(Refused):
        open_case(cast.sunshine, subject="一", matter="二", sides=[neighbour], by=cast.steward)
    with pytest.raises(Refused):
        open_case(
            cast.sunshine,
            subject="一",
            matter="二",
            sides=[neighbour, Disputant(unit=cast.park_unit, name="外")],
            by=cast.steward,
        )


def test_steps_that_the_table_does_not_know_are_refused_by_the_operation_and_the_database(cast):
    case = dispute(cast)
    with pytest.raises(Refused):
        agreed(cast, case)  # nobody has sat together yet
    with pytest.raises(Refused):
        give_up(case, word="谈不拢", by=cast.supervisor)
    with pytest.raises(Stale):
        withdraw_case(case, word="和好了", by=cast.supervisor, seen=case.version + 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MediationCase.objects.filter(pk=case.pk).update(state="settled", outcome="x", ended_at=timezone.now())

    case = met(cast, case)
    with pytest.raises(Refused):
        refer_case(case, body="justice_office", word=" ", by=cast.supervisor)
    refer_case(case, body="justice_office", name="司法所", word="双方同意到所里谈", by=cast.supervisor)
    case.refresh_from_db()
    assert (case.state, case.referral.body) == ("referred", "justice_office")
    side = Side.objects.of(case)[0]
    with pytest.raises(Refused):
        hear_side(side, statement="改口", by=cast.supervisor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Side.objects.filter(pk=side.pk).update(name="别人")


def test_a_case_is_walked_on_its_pages(cast, client_of):
    client = client_of(cast.supervisor)
    facts = {"project": cast.sunshine.pk, "subject": "噪声", "matter": "脚步声", "first_unit_code": cast.unit.code}
    assert client.post(reverse("mediation:case-new"), facts).status_code == 422  # who is the other side?
    same = {**facts, "second_unit_code": cast.unit.code}
    assert client.post(reverse("mediation:case-new"), same).status_code == 422
    assert client.post(reverse("mediation:case-new"), {**facts, "second_name": "楼上住户"}).status_code == 302
    case = MediationCase.objects.get()
    assert [side.party for side in Side.objects.of(case)] == [Party.objects.get(pk=cast.zhou.pk), None]

    at = timezone.localtime() - timedelta(hours=1)
    sat = {"version": 1, "began_at": f"{at:%Y-%m-%dT%H:%M}", "record": "谈了一次"}
    sat["present"] = [side.pk for side in Side.objects.of(case)]
    assert client.post(reverse("mediation:case-meet", args=[case.pk]), sat).status_code == 302
    agreement = {"version": 2, "text": "十点后安静", "check_on": f"{timezone.localdate()}"}
    address = reverse("mediation:case-agree", args=[case.pk])
    assert client.post(address, agreement).status_code == 422  # nobody has signed
    assert client.post(address, {**agreement, "papers": [photo()]}).status_code == 302
    kept = client.post(reverse("mediation:case-keep", args=[case.pk]), {"version": 3, "word": "安静了"})
    assert kept.status_code == 302
    assert client.post(reverse("mediation:case-keep", args=[case.pk]), {"version": 4, "word": "x"}).status_code == 409
    page = client.get(reverse("mediation:case-show", args=[case.pk])).content.decode()
    assert "安静了" in page


def test_a_complaint_and_its_mediation_name_each_other_to_whom_they_concern(cast, client_of):
    facts = {"kind": "complaint", "channel": "phone", "unit": cast.unit, "party": cast.zhou, "by": cast.receptionist}
    category = ServiceCategory.objects.get(code="common-noise-neighbour")
    complaint = register_request(text="楼上半夜拍球", category=category, **facts)
    panel = reverse("mediation:request-panel", args=[complaint.pk])
    opening = f"{reverse('mediation:case-new')}?request={complaint.pk}"
    client = client_of(cast.supervisor)
    page = client.get(reverse("servicedesk:request-show", args=[complaint.pk])).content.decode()
    assert panel in page
    assert opening in client.get(panel).content.decode()
    assert not client_of(cast.receptionist).get(panel).content.strip()  # she mediates nothing

    given = {"project": cast.sunshine.pk, "subject": "噪声", "matter": "拍球", "first_unit_code": cast.unit.code}
    assert client.post(opening, {**given, "second_name": "楼上住户"}).status_code == 302
    case = MediationCase.objects.get(request=complaint)
    beside = client.get(panel).content.decode()
    assert (case.number in beside, opening in beside) == (True, False)
    assert complaint.number in client.get(reverse("mediation:case-show", args=[case.pk])).content.decode()
    # Who only reads the request learns nothing of the dispute, on its timeline either.
    thread = reverse("events:timeline-index", args=["servicerequest", complaint.pk])
    assert case.number in client.get(thread).content.decode()
    reader = client_of(cast.receptionist)
    assert case.number not in reader.get(thread).content.decode() + reader.get(panel).content.decode()
    assert not client_of(cast.receptionist).get(panel).content.strip()
    again = client.post(opening, {**given, "second_name": "楼上住户"})
    assert again.status_code == 409
    withdraw_case(case, word="和好了", by=cast.supervisor)
    assert opening in client.get(panel).content.decode()


def test_a_mediation_begins_with_what_the_complainant_said(cast, client_of):
    facts = {"kind": "complaint", "channel": "phone", "unit": cast.unit, "party": cast.zhou, "by": cast.receptionist}
    category = ServiceCategory.objects.get(code="common-noise-neighbour")
    complaint = register_request(text="楼上半夜拍球\n" + "吵" * 100, category=category, **facts)
    ComplaintDetails.objects.update_or_create(service_request=complaint, defaults={"requested_remedy": "十点以后安静"})
    opening = f"{reverse('mediation:case-new')}?request={complaint.pk}"
    form = client_of(cast.supervisor).get(opening).context["form"]
    shown = {name: form[name].value() for name in ("subject", "first_unit_code", "first_name", "first_statement")}
    assert shown == {
        "subject": complaint.one_line,
        "first_unit_code": cast.unit.code,
        "first_name": "周先生",
        "first_statement": f"{complaint.text}\n十点以后安静",
    }
    client, body = client_of(cast.supervisor), {"project_id": cast.sunshine.pk, "request_id": complaint.pk}
    nothing = {**body, "request_id": None, "sides": [{"name": "周先生"}, {"name": "楼上住户"}]}
    unsaid = client.post("/api/v1/mediations", nothing, content_type="application/json")
    assert (unsaid.status_code, unsaid.json()["errors"][0]["field"]) == (422, "subject")
    body["sides"] = [{}, {"name": "楼上住户"}]
    made = client.post("/api/v1/mediations", body, content_type="application/json").json()
    case = MediationCase.objects.get(pk=made["id"])
    assert (case.subject, case.matter, case.request) == (complaint.one_line, complaint.text, complaint)
    first, second = case.sides.all()
    assert (first.name, first.party, first.unit) == ("周先生", cast.zhou, cast.unit)
    assert (first.statement, second.statement) == (f"{complaint.text}\n十点以后安静", "")


@pytest.mark.requirement("R-160")
def test_who_is_named_to_machines_as_the_first_side_says_nothing_that_somebody_else_said(cast, client_of):
    complaint = register_request(
        text="楼上半夜拍球",
        category=ServiceCategory.objects.get(code="common-noise-neighbour"),
        kind="complaint",
        channel="phone",
        unit=cast.unit,
        party=cast.zhou,
        by=cast.receptionist,
    )
    body = {"project_id": cast.sunshine.pk, "request_id": complaint.pk, "subject": "噪声"}
    body["sides"] = [{"name": "楼上住户"}, {"party_id": cast.zhou.pk}]
    made = client_of(cast.supervisor).post("/api/v1/mediations", body, content_type="application/json").json()
    case = MediationCase.objects.get(pk=made["id"])
    assert (case.subject, [side.statement for side in case.sides.all()]) == ("噪声", ["", ""])


def test_machines_mediate_too(cast, client_of):
    client = client_of(cast.supervisor)
    sides = [{"party_id": cast.zhou.pk, "unit_id": cast.unit.pk, "statement": SECRET}, {"name": "楼上住户"}]
    body = {"project_id": cast.sunshine.pk, "subject": "噪声", "matter": "脚步声", "sides": sides}
    made = client.post("/api/v1/mediations", body, content_type="application/json").json()
    address = f"/api/v1/mediations/{made['id']}"
    at = (timezone.now() - timedelta(hours=1)).isoformat()
    sat = {"version": 1, "began_at": at, "side_ids": [made["sides"][0]["id"]], "record": "谈了"}
    assert client.post(f"{address}/sessions", sat, content_type="application/json").status_code == 201
    word = {"version": 2, "word": "谈不拢"}
    failed = client.post(f"{address}/fail", word, content_type="application/json")
    assert (failed.status_code, failed.json()["state"]) == (200, "failed")
    referred = {"version": 3, "body": "residents_committee", "word": "请居委会出面"}
    assert client.post(f"{address}/refer", referred, content_type="application/json").json()["state"] == "referred"


@pytest.mark.requirement("R-160")
def test_the_sides_sign_for_machines_too_and_the_form_is_printed_before(cast, client_of):
    case = met(cast, dispute(cast))
    client = client_of(cast.supervisor)
    paper = reverse("mediation:case-paper", args=[case.pk])
    assert f"{paper}?blank=1" in client.get(reverse("mediation:case-show", args=[case.pk])).content.decode()
    blank = client.get(f"{paper}?blank=1").content.decode()
    assert ("周先生" in blank, "王先生" in blank, SECRET in blank) == (True, True, False)

    pictures = [client.post("/api/v1/attachments", {"file": photo()}).json()["id"] for _side in range(2)]
    first, second = Side.objects.of(case)
    address = f"/api/v1/mediations/{case.pk}/agreements"
    body = {"version": case.version, "text": "十点后不拍球", "check_on": f"{timezone.localdate()}"}
    signed = [{"side_id": first.pk, "attachment_id": pictures[0]}, {"side_id": second.pk, "attachment_id": pictures[1]}]
    for signatures, status in (
        ([], 409),
        (signed[:1], 409),
        ([signed[0], {**signed[1], "side_id": first.pk}], 422),
        ([signed[0], {**signed[1], "attachment_id": pictures[0]}], 422),
        (signed, 201),
        (signed, 422),  # these pictures belong to the agreement now
    ):
        answer = client.post(address, {**body, "signatures": signatures}, content_type="application/json")
        assert answer.status_code == status
    agreement = client.get(address).json()
    assert [(row["attachment_ids"], row["is_kept"]) for row in agreement] == [(pictures, None)]
    assert "十点后不拍球" not in client.get(f"{paper}?blank=1").content.decode()


def test_after_a_breach_one_begins_with_what_was_agreed(cast, client_of):
    case = met(cast, dispute(cast))
    address = reverse("mediation:case-agree", args=[case.pk])
    form = client_of(cast.supervisor).get(address).context["form"]
    assert (form["text"].value(), form["check_on"].value()) == ("", timezone.localdate() + timedelta(days=7))
    case = agreed(cast, case)
    find_breach(case, word="又拍球了", by=cast.supervisor)
    assert client_of(cast.supervisor).get(address).context["form"]["text"].value() == "晚十点后不拍球"
