"""Group bots: what they say, that it gets through or is seen not to, and where they never post."""

import base64
import hashlib
import hmac
import socket
from datetime import time, timedelta
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from gongying.common.clock import clock_at
from gongying.common.errors import Refused
from gongying.common.sealed import seal, unseal
from gongying.events.models import Event, EventSubject
from gongying.group_chats.models import GroupBot, GroupMessage
from gongying.group_chats.operations import (
    WAITS,
    post_to_group,
    save_bot,
    send_messages,
    try_again,
    try_bot,
    write_digests,
)
from gongying.group_chats.presentation import failing_bots
from gongying.group_chats.webhooks import NotDelivered, deliver, read_address
from gongying.servicedesk.models import ServiceRequest
from gongying.servicedesk.operations import announce_fault, end_fault
from gongying.servicedesk.operations.sweep import sweep


def send(after=timedelta()):
    return send_messages(at=timezone.now() + after)


def test_a_test_message_gets_through(set_up, cast, group):
    message = try_bot(set_up(), by=cast.administrator)

    assert send() == 1
    (heard,) = group.heard
    assert heard == {"msgtype": "text", "text": {"content": message.text}}
    assert "管理员" in message.text
    message.refresh_from_db()
    assert (message.state, message.attempts, message.trouble) == ("sent", 1, "")
    assert send() == 0  # once
    assert not any("topsecret" in str(event.details) for event in Event.objects.all())


@pytest.mark.requirement("E-050")
def test_what_is_urgent_a_complaint_or_a_fault_is_said_by_itself(set_up, cast, group, register):
    set_up(topics=["urgent", "complaint", "fault"])
    set_up(name="别的群")
    register(text="随便问问", category="home-plumbing-tap")
    urgent = register(
        text="厨房爆管，请打 13812345678 或 0571-88881234", urgency="urgent", caller_phone="+8613800001234"
    )
    complaint = register(kind="complaint", text="保安态度差")
    fault = announce_fault(urgent, by=cast.supervisor, places=[cast.unit.building], words="正在抢修，先关阀。")
    end_fault(fault, by=cast.supervisor, words="已恢复供水。")

    assert send() == 4
    first, second, third, fourth = (heard["text"]["content"] for heard in group.heard)
    assert first.startswith(f"【报修】 {urgent.number}")
    assert "阳光小区 2-1-301" in first
    assert "138****1234" in first
    assert "138****5678" in first
    assert "0571****1234" in first
    assert "13812345678" not in first
    assert complaint.number in second
    assert complaint.caller_name not in second
    assert "正在抢修" in third
    assert "已恢复供水" in fourth


@pytest.mark.requirement("R-188")
def test_what_the_sweep_finds_overdue_is_said_in_one_message(set_up, cast, group, register):
    set_up(topics=["overdue"])
    set_up(name="别的群", topics=["fault"])
    set_up(name="园区群", project=cast.park, topics=["overdue"])
    past = timezone.now() - timedelta(days=30)
    with clock_at(past):
        first = register(text="厨房漏水 13812345678", caller_name="周先生")
        others = [register() for _each in range(3)]
    sweep()

    breaches = Event.objects.filter(verb="clock.breached").count()
    assert breaches == 12  # three promises of each
    message = GroupMessage.objects.get()
    lines = message.text.splitlines()
    assert lines[0] == "【12 项超时】 阳光小区"
    assert lines[-1] == "还有 2 条"
    assert len(lines) == 12
    assert first.number in message.text
    assert "阳光小区 2-1-301" not in lines[1]  # the project stands above
    assert "周先生" not in message.text
    assert all(request.number in message.text for request in others)
    assert send() == 1
    assert group.heard[0]["text"]["content"] == message.text
    sweep()
    assert GroupMessage.objects.count() == 1


@pytest.mark.parametrize("number", [1, 4])
def test_the_message_of_a_sweep_takes_no_query_for_each_event(set_up, cast, register, number):
    set_up(topics=["overdue"])
    with clock_at(timezone.now() - timedelta(days=30)):
        for _each in range(number):
            register()
    with CaptureQueriesContext(connection) as queries:
        sweep()
    told = [query["sql"] for query in queries if "group_chats" in query["sql"]]
    assert len(told) == 2, told  # the groups, and the message
    found = [query["sql"] for query in queries if 'FROM "events_event"' in query["sql"]]
    assert len(found) == 1, found


def test_who_does_not_see_the_place_is_not_told_that_its_group_hears_nothing(set_up, cast, group):
    try_bot(set_up(project=cast.park), by=cast.administrator)
    GroupMessage.objects.update(state="failed", next_try_at=None)
    assert failing_bots(cast.administrator) is not None
    assert failing_bots(cast.manager) is None


def test_what_failed_is_tried_again_and_then_seen_by_the_administrator(set_up, cast, group):
    message = try_bot(set_up(), by=cast.administrator)
    group.answer = (200, b'{"errcode": 93000, "errmsg": "invalid webhook url"}')
    assert send() == 0
    assert send() == 0  # not due again yet
    assert len(group.heard) == 1
    assert failing_bots(cast.administrator) is None

    waited = timedelta()
    for wait in WAITS:
        waited += wait + timedelta(seconds=1)
        send(waited)
    message.refresh_from_db()
    assert (message.state, message.attempts, len(group.heard)) == ("failed", 5, 5)
    assert "invalid webhook url" in message.trouble
    assert failing_bots(cast.administrator) is not None

    group.answer = (200, b'{"errcode": 0}')
    try_again(message, by=cast.administrator)
    assert send() == 1
    assert failing_bots(cast.administrator) is None
    with pytest.raises(Refused):
        try_again(message, by=cast.administrator)


@pytest.mark.parametrize(
    ("answer", "headers", "words"),
    [
        ((302, b""), {"Location": "http://127.0.0.1/"}, "302"),
        ((500, b"oops"), {}, "500"),
        ((200, b"<html>"), {}, "无法读懂"),
        ((200, b"[]"), {}, "拒绝"),
        ((200, b"{}"), {}, "拒绝"),
    ],
)
def test_every_other_answer_is_a_failure_in_words(set_up, group, answer, headers, words):
    group.answer, group.headers = answer, headers
    with pytest.raises(NotDelivered, match=words):
        deliver(set_up(), "x")
    assert len(group.heard) == 1


def test_one_that_does_not_answer_holds_nobody_up(set_up, cast, group, monkeypatch):
    monkeypatch.setattr("gongying.group_chats.webhooks.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        bot = set_up(address=f"http://127.0.0.1:{deaf.getsockname()[1]}/x")
        message = try_bot(bot, by=cast.administrator)
        assert send() == 0
    message.refresh_from_db()
    assert message.state == "waiting"
    assert message.trouble


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://qyapi.weixin.qq.com/x", "https://"),
        ("ftp://qyapi.weixin.qq.com/x", "https://"),
        ("https://", "不是有效的地址"),
        ("https://user:pass@example.com/", "不是有效的地址"),
        ("https://example.com/机器人", "不是有效的地址"),
        ("https://example.com:99999/", "不是有效的地址"),
        ("https://example.com:8443/", "端口"),
        ("https://10.1.2.3/x", "内网"),
        ("https://192.168.1.1/x", "内网"),
        ("https://169.254.169.254/latest", "内网"),
        ("https://127.0.0.1/x", "内网"),
        ("https://0.0.0.0/x", "内网"),
        ("https://[::1]/x", "内网"),
        ("https://[::ffff:10.0.0.1]/x", "内网"),
        ("https://[64:ff9b::a00:1]/x", "内网"),
        ("https://[fd00::1]/x", "内网"),
        ("https://224.0.0.1/x", "内网"),
    ],
)
def test_addresses_that_are_never_posted_to(address, words, cast, client_of):
    with pytest.raises(NotDelivered, match=words):
        read_address(address)
    facts = {"project": cast.sunshine.pk, "name": "群", "provider": "wecom", "address": address}
    answer = client_of(cast.administrator).post(reverse("group_chats:bot-new"), facts)
    assert answer.status_code == 422
    assert not GroupBot.objects.exists()


def test_a_second_bot_of_a_name_is_refused_in_words(set_up, cast, client_of):
    bot = set_up()
    facts = {"project": bot.project_id, "name": bot.name, "provider": bot.provider, "address": "https://example.com/x"}
    answer = client_of(cast.administrator).post(reverse("group_chats:bot-new"), facts)
    assert answer.status_code == 422
    assert "已有同名的群机器人" in answer.content.decode()


def test_a_name_that_no_server_can_have_holds_up_no_other_message(set_up, cast, group):
    """It is refused by the resolver's own rules, not by the network."""
    broken, healthy = set_up(), set_up(name="二群")
    GroupBot.objects.filter(pk=broken.pk).update(address=f"https://{'a' * 64}.example.com/x")
    stuck = try_bot(broken, by=cast.administrator)
    try_bot(healthy, by=cast.administrator)

    assert send() == 1
    stuck.refresh_from_db()
    assert stuck.trouble


@pytest.mark.parametrize("inside", ["10.0.0.7", "127.0.0.1", "::1", "100.64.0.1"])
def test_a_name_that_leads_inside_is_refused_when_it_is_used(cast, monkeypatch, inside):
    bot = GroupBot(project=cast.sunshine, name="群", provider="wecom", address="https://innocent.example.com/x")
    family = socket.AF_INET6 if ":" in inside else socket.AF_INET
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 443)), (family, 1, 6, "", (inside, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: answers)
    with pytest.raises(NotDelivered, match="内网"):
        deliver(bot, "x")


def test_dingtalk_and_feishu_sign_as_they_want_it(set_up, group):
    deliver(set_up(name="钉", provider="dingtalk", signing_secret="SEC1"), "你好")
    query = parse_qs(urlsplit(group.paths[0]).query)
    stamp = query["timestamp"][0]
    expected = base64.b64encode(hmac.new(b"SEC1", f"{stamp}\nSEC1".encode(), hashlib.sha256).digest()).decode()
    assert (query["key"], query["sign"]) == (["topsecret"], [expected])

    group.answer = (200, b'{"code": 0, "msg": "success"}')
    deliver(set_up(name="飞", provider="feishu", signing_secret="SEC2"), "你好")
    heard = group.heard[1]
    key = f"{heard['timestamp']}\nSEC2".encode()
    assert heard["sign"] == base64.b64encode(hmac.new(key, b"", hashlib.sha256).digest()).decode()
    assert (heard["msg_type"], heard["content"]) == ("text", {"text": "你好"})


def test_the_secret_is_never_shown_again_and_stays_when_left_empty(set_up, cast, client_of, group):
    bot = set_up(signing_secret="SEC9")
    client = client_of(cast.administrator)
    urls = [reverse(f"group_chats:bot-{name}", args=[bot.pk]) for name in ("show", "edit")]
    pages = [client.get(url).content.decode() for url in [*urls, reverse("group_chats:bot-index")]]
    pages.append(client.get(f"/api/v1/group-bots/{bot.pk}").content.decode())
    assert not any("topsecret" in page or "SEC9" in page for page in pages)
    assert "…cret" in pages[0]

    sent = {"project": cast.sunshine.pk, "name": "新名字", "provider": "wecom", "is_active": "on", "version": 1}
    assert client.post(urls[1], sent).status_code == 302
    bot.refresh_from_db()
    assert (bot.name, bot.address, bot.signing_secret) == ("新名字", group.address, "SEC9")
    assert client.post(urls[1], sent).status_code == 409


def stored(bot):
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(bot)::text FROM group_chats_groupbot AS bot WHERE id = %s", [bot.pk])
        return cursor.fetchone()[0]


def test_the_secrets_lie_sealed_in_the_database(set_up, group, settings):
    bot = set_up(signing_secret="SEC9")
    assert "topsecret" not in stored(bot)
    assert "SEC9" not in stored(bot)
    bot = GroupBot.objects.get(pk=bot.pk)
    assert (bot.address, bot.signing_secret) == (group.address, "SEC9")

    old, settings.SECRET_KEY = settings.SECRET_KEY, "another key of the installation"
    settings.SECRET_KEY_FALLBACKS = [old]
    assert GroupBot.objects.get(pk=bot.pk).address == group.address
    settings.SECRET_KEY_FALLBACKS = []
    lost = GroupBot.objects.get(pk=bot.pk)
    assert (lost.address, lost.signing_secret) == ("", "")
    assert "重新填写" in lost.address_hint
    with pytest.raises(NotDelivered, match="重新填写"):
        deliver(lost, "x")
    assert not group.heard


def test_addresses_of_before_are_sealed_by_the_migration_and_opened_by_its_reverse(set_up, group):
    sealed = import_module("gongying.group_chats.migrations.0004_sealed")
    bot, schema_editor = set_up(signing_secret="SEC9"), SimpleNamespace(connection=connection)
    sealed.rewrite(schema_editor, unseal)
    assert group.address in stored(bot)
    assert "SEC9" in stored(bot)
    sealed.rewrite(schema_editor, seal)
    assert "topsecret" not in stored(bot)
    bot = GroupBot.objects.get(pk=bot.pk)
    assert (bot.address, bot.signing_secret) == (group.address, "SEC9")


def test_no_log_holds_an_address(set_up, cast, group, caplog):
    caplog.set_level("DEBUG")
    group.answer = (500, b"oops")
    message = try_bot(set_up(), by=cast.administrator)
    send()
    message.refresh_from_db()
    assert message.attempts == 1
    assert "topsecret" not in caplog.text + message.trouble


def test_a_request_is_copied_by_who_sees_it_and_sent_by_who_may(set_up, cast, client_of, group, register):
    request, bot = register(text="楼道灯不亮，电话 138 1234 5678"), set_up()
    url = reverse("group_chats:text-show", args=["servicerequest", request.pk])
    page = client_of(cast.receptionist).get(url).content.decode()
    assert "138****5678" in page
    assert 'data-copy="#group-text"' in page
    answer = client_of(cast.receptionist).post(url, {"text": "请老张看一下 13812345678", "bot": bot.pk})
    assert answer.status_code == 302
    assert send() == 1
    assert group.heard[0]["text"]["content"] == "请老张看一下 138****5678"
    event = Event.objects.get(verb="group.told")
    assert EventSubject.objects.filter(event=event, kind="servicerequest", object_id=request.pk).exists()
    assert client_of(cast.quality).post(url, {"text": "x", "bot": bot.pk}).status_code == 403
    assert client_of(cast.outsider).get(url).status_code == 404
    assert client_of(cast.receptionist).post(url, {"text": "", "bot": bot.pk}).status_code == 422


def test_the_summary_of_a_project_comes_once_a_day(set_up, group, register):
    set_up(digest_at=time(18))
    register()
    evening = timezone.localtime().replace(hour=18, minute=1)
    assert write_digests(at=evening - timedelta(hours=2)) == 0
    assert write_digests(at=evening) == 1
    assert write_digests(at=evening + timedelta(minutes=5)) == 0
    assert send() == 1
    text = group.heard[0]["text"]["content"]
    assert "新登记 1 件" in text
    assert f"未完 {ServiceRequest.objects.open().count()} 件" in text


def test_the_same_by_the_api(set_up, cast, client_of, group, register):
    client, request = client_of(cast.manager), register()
    facts = {"project_id": cast.sunshine.pk, "name": "接口群", "provider": "wecom", "address": group.address}
    made = client.post("/api/v1/group-bots", {**facts, "topics": ["fault"]}, content_type="application/json").json()
    assert made["address_hint"].endswith("…cret")
    bad = client.post(
        "/api/v1/group-bots", {**facts, "name": "二", "address": "https://10.0.0.1/"}, content_type="application/json"
    )
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["field"] == "address"
    text = client.get(f"/api/v1/group-texts/servicerequest/{request.pk}").json()["text"]
    sent = client.post(
        f"/api/v1/group-bots/{made['id']}/messages",
        {"kind": "servicerequest", "thing_id": request.pk},
        content_type="application/json",
    )
    assert sent.status_code == 202
    assert send() == 1
    assert group.heard[0]["text"]["content"] == text
    assert client.get(f"/api/v1/group-bots/{made['id']}/messages").json()["items"][0]["state"] == "sent"
    elsewhere = set_up(project=cast.park, name="园区群")
    assert client.get(f"/api/v1/group-bots/{elsewhere.pk}").status_code == 404


def test_a_bot_of_another_project_is_not_used(set_up, cast, register):
    with pytest.raises(Refused):
        post_to_group(set_up(is_active=False), register(), text="x", by=cast.receptionist)
    with pytest.raises(Refused, match="已有"):
        set_up()


def test_nothing_is_written_where_nobody_listens(cast, register, set_up):
    bot = set_up(topics=["urgent"])
    save_bot(bot, by=cast.administrator)
    bot.is_active = False
    save_bot(bot, by=cast.administrator)
    register(urgency="urgent")
    assert not GroupMessage.objects.exists()


def test_who_changes_a_bot_that_she_read_before_its_summary_was_sent_sends_it_no_second_time(cast, set_up):
    read_before = set_up(digest_at=time(18))
    evening = timezone.localtime().replace(hour=18, minute=0)
    write_digests(at=evening)

    read_before.name = "业主二群"
    save_bot(read_before, by=cast.administrator)

    assert GroupBot.objects.get().digest_sent_on == evening.date()
    assert write_digests(at=evening) == 0
