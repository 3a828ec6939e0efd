from decimal import Decimal

import pytest
from django.urls import reverse

from gongying.customers.models import Consent, ContactPoint, HeadcountRecord, Party, PartyMerge, PartyRole
from gongying.customers.operations import change_headcount, register_move_in
from gongying.customers.rules import _phone_grants, register_phone_grant
from gongying.events.models import Event
from gongying.interactions.operations import log_interaction
from gongying.servicedesk.models import ServiceCategory
from gongying.servicedesk.operations import register_request
from tests.customers.people import JULY, JUNE, make_flat, make_person


def url(name, thing=None):
    return reverse(f"customers:{name}", args=[thing.pk] if thing else [])


@pytest.fixture
def desk(cast, client_of):
    return client_of(cast.receptionist)


@pytest.fixture
def point(cast):
    return cast.zhou.contact_points.get()


@pytest.mark.requirement("R-074")
def test_a_colleague_is_put_on_file_and_asks_for_service_like_anybody(cast, desk):
    index = f"{url('party-index')}?role=internal"
    assert url("internal-create") in desk.get(index).text
    chosen = {"staff": cast.guard.staff.pk, "project": cast.sunshine.pk}
    assert desk.post(url("internal-create"), {**chosen, "project": cast.park.pk}).status_code == 422

    answer = desk.post(url("internal-create"), chosen)

    party = Party.objects.get(user=cast.guard)
    assert answer.headers["Location"] == url("party-show", party)
    assert [row.party for row in desk.get(index).context["page"].rows] == [party]
    category = ServiceCategory.objects.get(code="common-lift-fault")
    matter = register_request(
        by=cast.receptionist,
        kind="repair",
        category=category,
        text="岗亭灯不亮",
        channel="counter",
        project=cast.sunshine,
        party=party,
    )
    assert (matter.needs_follow_up, matter.state) == (category.needs_follow_up, "registered")
    assert matter.number_tail in desk.get(reverse("servicedesk:party-panel", args=[party.pk])).text


class TestNew:
    data = {"kind": "person", "name": "赵女士", "phones": "13800002222", "role": "user", "since": "2026-06-16"}

    def test_a_customer_is_created_with_a_place(self, cast, desk):
        answer = desk.post(url("party-create"), {**self.data, "project": cast.sunshine.pk, "unit": "2栋1单元301"})
        party = Party.objects.get(name="赵女士")

        assert answer.headers["Location"] == url("party-show", party)
        assert (party.roles.get().unit, party.contact_points.get().value) == (cast.unit, "+8613800002222")

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"name": ""}, "name"),
            ({"name": "长" * 101}, "name"),
            ({"phones": "12"}, "phones"),
            ({"unit": "9-9-999"}, "unit"),
            ({"role": "owner", "unit": ""}, "unit"),
            ({"role": "king"}, "role"),
            ({"since": "2026-02-30"}, "since"),
            ({"since": "0001-01-01"}, "since"),
            ({"share": "0.5"}, "share"),
            ({"project": "99999999999999999999"}, "project"),
            ({"name": "a\x00b"}, "name"),
        ],
    )
    def test_what_is_wrong_is_named_and_nothing_is_kept(self, cast, desk, wrong, field):
        data = {**self.data, "project": cast.sunshine.pk, "unit": "2-1-301"} | wrong
        answer = desk.post(url("party-create"), data)

        assert answer.status_code == 422
        assert field in answer.context["form"].errors
        assert not Party.objects.filter(contact_points__value="+8613800002222").exists()

    def test_a_project_of_others_is_no_choice(self, cast, desk):
        answer = desk.post(url("party-create"), {**self.data, "project": cast.park.pk})
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"project"})

    def test_hostile_text_is_kept_as_it_is_and_shown_inert(self, cast, desk):
        name = "<script>alert(1)</script>'; DROP TABLE--"
        desk.post(url("party-create"), {**self.data, "name": name, "project": cast.sunshine.pk})
        text = desk.get(url("party-show", Party.objects.get(name=name))).content.decode()

        assert "<script>alert" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

    def test_who_may_be_on_file_already_is_offered_while_one_types(self, cast, desk):
        same_phone = desk.get(url("duplicate-index"), {"phones": "138 0000 1234"}).content.decode()
        same_name = desk.get(
            url("duplicate-index"), {"name": "周先生", "unit": "2-1-301", "project": cast.sunshine.pk}
        ).content.decode()
        nobody = desk.get(url("duplicate-index"), {"name": "周先生", "phones": "13811112222"}).content.decode()

        for text in (same_phone, same_name):
            assert f'value="{cast.zhou.pk}"' in text
            assert "13800001234" not in text
        assert nobody.strip() == ""

    def test_nobody_of_another_territory_is_offered(self, cast, client_of):
        text = client_of(cast.outsider).get(url("duplicate-index"), {"phones": "13800001234"}).content.decode()
        assert text.strip() == ""

    def test_the_one_on_file_gets_the_role_instead(self, cast, desk):
        flat = make_flat(cast)
        desk.post(
            url("party-create"),
            {**self.data, "same_as": cast.zhou.pk, "project": cast.sunshine.pk, "unit": flat.code, "name": "周先生"},
        )
        assert not Party.objects.filter(name="周先生").exclude(pk=cast.zhou.pk).exists()
        assert PartyRole.objects.get(unit=flat).party == cast.zhou


class TestFile:
    def test_a_change_is_saved_and_a_stale_one_shown(self, cast, desk):
        cast.zhou.id_number = "330102199001011234"
        cast.zhou.save()
        data = {"name": "周建华", "kind": "person", "version": 1}

        assert desk.post(url("party-edit", cast.zhou), data).status_code == 302
        assert desk.post(url("party-edit", cast.zhou), {**data, "name": "周"}).status_code == 409
        party = Party.objects.get(pk=cast.zhou.pk)
        assert (party.name, party.id_number) == ("周建华", "330102199001011234")

    def test_the_identity_number_needs_a_reason_and_the_right(self, cast, client_of, desk):
        cast.zhou.id_kind, cast.zhou.id_number = "身份证", "330102199001011234"
        cast.zhou.save()
        manager = client_of(cast.manager)

        shown = manager.get(url("party-show", cast.zhou)).content.decode()
        assert "3****************4" in shown
        assert "330102199001011234" not in shown
        assert desk.post(url("identity-reveal", cast.zhou), {"reason": "核对"}).status_code == 403
        assert manager.post(url("identity-reveal", cast.zhou), {"reason": ""}).status_code == 422
        assert not Event.objects.filter(verb="customer.identity_revealed").exists()
        revealed = manager.post(url("identity-reveal", cast.zhou), {"reason": "核对产权"})
        assert "330102199001011234" in revealed.content.decode()
        assert Event.objects.get(verb="customer.identity_revealed").actor == cast.manager

    def test_roles_consents_and_notes(self, cast, client_of):
        steward = client_of(cast.steward)
        consent = {"purpose": "profile", "text_version": "2026-1", "channel": "paper"}
        fact = {"kind": "age_band", "value": "30-40", "source": "本人"}

        assert steward.post(url("attribute-create", cast.zhou), fact).status_code == 409
        assert steward.post(url("consent-create", cast.zhou), {**consent, "is_for_child": "on"}).status_code == 422
        assert steward.post(url("consent-create", cast.zhou), consent).status_code == 302
        assert steward.post(url("attribute-create", cast.zhou), fact).status_code == 302
        assert "30-40" in steward.get(url("party-show", cast.zhou)).content.decode()
        assert "30-40" not in client_of(cast.receptionist).get(url("party-show", cast.zhou)).content.decode()
        assert steward.post(url("attribute-destroy", cast.zhou.profile.get())).status_code == 302
        assert steward.post(url("consent-withdraw", Consent.objects.get())).status_code == 302
        assert steward.post(url("consent-withdraw", Consent.objects.get())).status_code == 409

    def test_a_role_is_given_and_ended(self, cast, desk, client_of):
        given = {"role": "committee", "project": cast.sunshine.pk, "unit": "", "since": "2026-05-01"}
        assert desk.post(url("role-create", cast.wang), given).status_code == 302
        assert desk.post(url("role-create", cast.wang), given).status_code == 409
        role = PartyRole.objects.get(role="committee")
        assert desk.post(url("role-end", role), {"on": "2026-06-16"}).status_code == 302
        role.refresh_from_db()
        assert role.ends_on == JUNE
        assert client_of(cast.outsider).get(url("role-end", role)).status_code == 404

    @pytest.mark.requirement("R-035", "R-036")
    def test_a_tenant_shows_its_share_of_area_and_heads(self, cast, client_of):
        big, small = (make_person(cast, name, cast.park_unit, kind="company") for name in ("大租户", "小租户"))
        other = make_flat(cast, "302")
        other.project = cast.park
        register_move_in(
            cast.park_unit,
            by=cast.outsider,
            on=JUNE,
            kind="leased",
            head=big,
            leased_area_m2=Decimal(20_000),
            heads=500,
        )
        change_headcount(small, project=cast.park, heads=4500, on=JUNE, by=cast.outsider)
        text = client_of(cast.outsider).get(url("party-show", big)).content.decode()

        assert "面积占比 10.0 %" in text
        assert "人数占比 10.0 %" in text
        data = {"project": cast.park.pk, "heads": "600", "on": "2026-07-01"}
        assert client_of(cast.outsider).post(url("headcount-create", big), data).status_code == 302
        heads = HeadcountRecord.objects.filter(party=big)
        assert [heads.on(day).get().heads for day in (JUNE, JULY)] == [500, 600]


class TestNumbers:
    def test_a_number_is_added_changed_and_removed(self, cast, desk, point):
        assert desk.post(url("contact-create", cast.zhou), {"kind": "phone", "value": "13600000001"}).status_code == 302
        assert desk.post(url("contact-create", cast.zhou), {"kind": "phone", "value": "13600000001"}).status_code == 409
        assert desk.post(url("contact-edit", point), {"value": "13600000002", "version": 1}).status_code == 302
        assert desk.post(url("contact-edit", point), {"value": "13600000003", "version": 1}).status_code == 409
        assert desk.post(url("contact-destroy", point)).status_code == 302
        assert [row.value for row in cast.zhou.contact_points.all()] == ["+8613600000001"]

    def test_a_number_is_shown_by_one_logged_click(self, cast, desk, point):
        text = desk.post(f"{url('contact-reveal', point)}?unit={cast.unit.pk}").content.decode()

        assert "13800001234" in text
        assert Event.objects.get(verb="customer.phone_revealed").subjects.count() == 2

    def test_dialling_shows_nothing(self, cast, desk, point):
        answer = desk.post(url("call-create", point))

        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["HX-Redirect"] == "tel:+8613800001234"

    def test_who_may_not_reveal_does_not(self, cast, client_of, point):
        for name in ("contact-reveal", "call-create"):
            assert client_of(cast.quality).post(url(name, point)).status_code == 403
            assert client_of(cast.outsider).post(url(name, point)).status_code == 404
        assert not Event.objects.filter(verb__startswith="customer.").exists()

    def test_a_worker_uses_the_number_while_a_higher_app_grants_it(self, cast, client_of, point):
        worker = client_of(cast.worker)
        assert worker.post(url("call-create", point)).status_code == 403
        grant = lambda user, party: user == cast.worker and party == cast.zhou  # noqa: E731
        register_phone_grant(grant)
        try:
            assert worker.post(url("call-create", point)).status_code == 204
            assert client_of(cast.second_worker).post(url("call-create", point)).status_code == 403
        finally:
            _phone_grants.remove(grant)


class TestMerging:
    @pytest.fixture
    def double(self, cast):
        return make_person(cast, "周建华", make_flat(cast), phones=("13800001234",))

    def test_a_double_is_proposed_merged_and_taken_apart_again(self, cast, client_of, double):
        supervisor = client_of(cast.supervisor)
        assert "周建华" in supervisor.get(url("merge-create", cast.zhou)).content.decode()
        supervisor.post(url("merge-create", cast.zhou), {"merged": double.pk})
        merge = PartyMerge.objects.get()
        assert PartyRole.objects.filter(party=cast.zhou).count() == 2

        page = supervisor.get(url("party-show", cast.zhou)).content.decode()
        assert url("merge-undo", merge) in page
        assert supervisor.post(url("merge-undo", merge)).status_code == 302
        assert supervisor.post(url("merge-undo", merge)).status_code == 409
        assert PartyRole.objects.filter(party=cast.zhou).count() == 1

    def test_who_may_not(self, cast, desk, client_of, double):
        assert desk.get(url("merge-create", cast.zhou)).status_code == 403
        assert desk.post(url("merge-create", cast.zhou), {"merged": double.pk}).status_code == 403
        assert client_of(cast.supervisor).post(url("merge-create", cast.zhou), {"merged": "x"}).status_code == 404


class TestFolders:
    @pytest.mark.requirement("R-049", "R-075", "R-076")
    def test_files_are_kept_by_kind_of_counterpart_owners_first(self, cast, desk):
        make_person(cast, "街道办", role="residents_committee", kind="agency")
        make_person(cast, "电梯公司", role="contractor", kind="company")
        make_person(cast, "租客", role="tenant")

        def shown(**filters):
            return [role.party.name for role in desk.get(url("party-index"), filters).context["page"].rows]

        assert shown() == ["周先生", "王先生", "租客", "电梯公司", "街道办"]
        assert shown(role="contractor") == ["电梯公司"]
        assert shown(q="周") == ["周先生"]
        folders = desk.get(url("party-index")).content.decode()
        for kind in ("建设单位", "专业公司", "政府部门", "街道办或居委会", "业主大会", "业主委员会", "内部客户"):
            assert f">{kind}</a>" in folders

    @pytest.mark.requirement("R-049")
    def test_each_folder_leads_to_the_communications_of_its_kind(self, cast, desk):
        office = make_person(cast, "街道办", role="residents_committee", kind="agency")
        for party, text in ((office, "检查消防通道"), (cast.zhou, "问停水")):
            log_interaction(by=cast.receptionist, project=cast.sunshine, party=party, channel="phone", text=text)
        folder = desk.get(url("party-index"), {"role": "residents_committee"}).content.decode()
        address = f"{reverse('interactions:interaction-index')}?role=residents_committee"

        assert address in folder
        shown = desk.get(address).content.decode()
        assert "检查消防通道" in shown
        assert "问停水" not in shown

    def test_a_file_opened_by_mistake_is_deleted_with_a_reason(self, cast, client_of):
        party = make_person(cast, "误建")
        supervisor = client_of(cast.supervisor)
        assert supervisor.post(url("party-destroy", party), {"reason": ""}).status_code == 422
        assert supervisor.post(url("party-destroy", party), {"reason": "误建"}).status_code == 302
        assert not ContactPoint.objects.filter(party__name="误建").exists()
        assert supervisor.post(url("party-destroy", cast.zhou), {"reason": "误建"}).status_code == 409
